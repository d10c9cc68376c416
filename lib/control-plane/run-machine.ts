/**
 * The state machine that drives runs. Each run is one execution, and the run's id is the execution's name.
 *
 * Lifecycle
 * ---------
 *     InitializeRun -> PrepareRun -> RecordQueued -> EmitQueued
 *       -> StartBuild  <-> WaitForLock                           (while another run holds its lock)
 *                      <-> HasQueueTimeLeft, WaitForCapacity     (while CodeBuild has no capacity)
 *       -> RecordBuilding -> EmitBuilding
 *       -> WaitForBuild                                          (entered again after each poll interval)
 *       -> CollectOutcome -> RecordOutcome -> EmitOutcome -> RecordAnnounced
 *       -> DidRunSucceed -> RunSucceeded | RunFailed | StopCanceled
 *
 * If a state before CollectOutcome fails, the execution continues at CollectOutcome with the caught error. A run that
 * is refused is therefore recorded and announced in the same way as a run whose build failed. If CollectOutcome itself
 * fails, AssumeFailure provides the outcome. A failure of EmitQueued, RecordBuilding or EmitBuilding is ignored.
 *
 * StartBuild takes the lock of a run that has one. If another run holds it, the run is put into the lock's queue, and
 * WaitForLock waits for its task token. The state calls `await-lock`, which checks the lock at once. The handler that
 * later gives the lock to this run returns the token. A run without a lock makes no additional transition.
 *
 * WaitForBuild waits for its task token. The state calls `poll-build`, which checks the build at once, and `wake-run`
 * returns the token when CodeBuild sends the event that the build has ended. If that event is lost, the build is
 * checked again after the poll interval. If the build could not be checked, LookAgainLater waits for the poll interval.
 * If CollectOutcome finds that the build has not ended, because an event came early, it returns to WaitForBuild.
 *
 * StopCanceled stops its own execution, which therefore ends as aborted, like that of a run that a client canceled.
 * Step Functions counts every Fail state as a failed execution, but a canceled run is no failure. If the execution
 * cannot be stopped, it continues at RunFailed.
 *
 * Three Fail states end the execution without an announcement:
 * - RunIdTaken: another run has the same id.
 * - RunSuperseded: another writer, usually reconcile-run, has already ended the run in its record.
 * - RunUnrecorded: the table could not be written. reconcile-run ends and announces the run later.
 *
 * Guarantees
 * ----------
 * - A run id has one record. A terminal status never changes, because each write has a condition.
 * - The record is written before its event is sent, so a receiver of the event can read it. An event may be sent twice.
 * - A failure code from a handler is never retried. Transient errors are retried for about four minutes, and for hours
 *   in the states that check a build; unknown errors are retried three times.
 * - A build is stopped only if its run was canceled or has failed, or if the build is overdue. It is never stopped
 *   because it could not be checked.
 * - A lock has one holder. It is released after the holder's build has ended or when it is certain that the build never
 *   started.
 * - A failed or aborted execution has the run's failure code as its error, and a cause that says what to do.
 *
 * Gotchas
 * -------
 * - An undefined variable ends the execution, and no catch applies. InitializeRun therefore assigns every variable that
 *   a catch may read before the state that sets it.
 * - The expressions of one Assign see the values from before the state. They cannot use each other's results.
 * - The output of each state is empty. Data is passed in variables, which keeps the history's payloads small.
 * - StopExecution, the machine's own timeout, States.Runtime and States.DataLimitExceeded bypass all catches.
 *   reconcile-run ends the record of such a run.
 * - The fields of a Retry are literals, so waiting for capacity is a loop of states. TimeoutSeconds and Wait accept an
 *   expression, so the poll interval can grow with the build's age.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
import { Aws, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  QueryLanguage,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import { explainResources } from './access-statement.js';
import { definedOnly } from '../contract/defined-only.js';
import { keyAccess } from './key-access.js';
import { executionsArn } from './resource-arns.js';
import { runDefinition, type RunDefinitionProps } from './machine/run-definition.js';

/** Properties of a {@link RunMachine}. */
export interface RunMachineProps extends RunDefinitionProps {
  readonly encryptionKey?: IKey | undefined;
  readonly logRetention: RetentionDays;
  /** Maximum duration of one execution: the longest wait for capacity, the longest build, and a margin. */
  readonly timeout: Duration;
}

/** The state machine of a seedkit with its role and log group. */
export class RunMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RunMachineProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: seedkitNames.machineLogGroup(props.seedkit),
      retention: props.logRetention,
      ...definedOnly({ encryptionKey: props.encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'StateMachineRole', { assumedBy: this.trustedService() });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: seedkitNames.stateMachine(props.seedkit),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(runDefinition(this, props)),
      timeout: props.timeout,
      role,
      tracingEnabled: true,
      // Requests contain environment variables, which must not be logged.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    explainResources(role, ['*'], 'Actions for traces and for the delivery of logs support no resource.');
    const { prepareRun, startBuild, awaitLock, pollBuild, collectOutcome } = props.handlers;
    const versions = [prepareRun, startBuild, awaitLock, pollBuild, collectOutcome].map(
      ({ functionArn }) => `${functionArn}:*`,
    );
    explainResources(role, versions, 'The versions of a handler that the machine invokes.');
    const own = [executionsArn(this, props.seedkit)];
    explainResources(
      role,
      own,
      'Each run has its own execution, which the machine stops if the run is canceled.',
    );
    for (const statement of keyAccess(props.encryptionKey, 'readWrite', ['dynamodb'])) {
      this.stateMachine.addToRolePolicy(statement);
    }
  }

  /**
   * Returns the Step Functions service as principal, limited to state machines of this account and region.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  private trustedService(): ServicePrincipal {
    const machines = Stack.of(this).formatArn({ service: 'states', resource: '*' });
    return new ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': machines },
      },
    });
  }
}
