/**
 * The state machine that drives every run, one execution per run, the run id its name.
 *
 * Lifecycle
 * ---------
 *     InitializeRun -> PrepareRun -> RecordQueued -> EmitQueued
 *       -> StartBuild  <-> HasQueueTimeLeft, WaitForCapacity     (while CodeBuild has no capacity)
 *       -> RecordBuilding -> EmitBuilding
 *       -> WaitForBuild -> PollBuild -> IsBuildDone              (a loop until the build is over)
 *       -> CollectOutcome -> RecordOutcome -> EmitOutcome -> RecordAnnounced
 *       -> DidRunSucceed -> RunSucceeded | RunFailed
 *
 * A step that fails before the outcome goes to CollectOutcome with what was caught, so a run that is refused or
 * breaks is recorded and announced like one whose build failed. When CollectOutcome itself fails, AssumeFailure
 * takes its place. Only the news of QUEUED and BUILDING is given up without ending the run. Three ends announce nothing: RunIdTaken (another run has the id), RunSuperseded (another
 * writer ended the run) and RunUnrecorded (the table could not be written; reconcile-run takes over).
 *
 * Guarantees
 * ----------
 * - The record is put once per run id, and a terminal status never changes: each write has its condition.
 * - The record comes before the event, so whoever hears of an end can read it. An event may come twice.
 * - What a handler refuses with a failure code is not retried; what is transient is, for about four minutes, and what
 *   nobody foresaw three times.
 * - The execution's end carries the failure code as its error and a cause to act on.
 *
 * Gotchas
 * -------
 * - A variable that is undefined ends the execution, so InitializeRun assigns those a catch may read first.
 * - Assign is evaluated from the values at the state's entry: it cannot use what it assigns.
 * - Outputs are empty: everything travels in variables, and the history's payloads stay small.
 * - StopExecution, the machine's own timeout, and States.Runtime or States.DataLimitExceeded run no catch:
 *   reconcile-run brings such a run to its end.
 * - A Retry's fields are literals, hence the capacity loop; Wait takes an expression, hence the polling's pace.
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
import { keyAccess } from './key-access.js';
import { runDefinition, type RunDefinitionProps } from './machine/run-definition.js';

export interface RunMachineProps extends RunDefinitionProps {
  readonly encryptionKey?: IKey | undefined;
  readonly logRetention: RetentionDays;
  /** How long one execution may take: queue and build at their longest, and a margin. */
  readonly timeout: Duration;
}

/** The state machine of a seedkit, with its log group. */
export class RunMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RunMachineProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'LogGroup', {
      logGroupName: seedkitNames.machineLogGroup(props.seedkit),
      retention: props.logRetention,
      ...(props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'StateMachineRole', { assumedBy: this.trusted() });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: seedkitNames.stateMachine(props.seedkit),
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(runDefinition(this, props)),
      timeout: props.timeout,
      role,
      tracingEnabled: true,
      // Requests carry environments, so execution data stays out of the log.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    explainResources(role, ['*'], 'Traces and the delivery of logs take no resource.');
    const { prepareRun, startBuild, pollBuild, collectOutcome } = props.handlers;
    const versions = [prepareRun, startBuild, pollBuild, collectOutcome].map(
      ({ functionArn }) => `${functionArn}:*`,
    );
    explainResources(role, versions, 'The versions of a handler that the machine invokes.');
    for (const statement of keyAccess(props.encryptionKey, 'readWrite', ['dynamodb'])) {
      this.stateMachine.addToRolePolicy(statement);
    }
  }
  /**
   * Step Functions, for machines of this account and region.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  private trusted(): ServicePrincipal {
    const machines = Stack.of(this).formatArn({ service: 'states', resource: '*' });
    return new ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': machines },
      },
    });
  }
}
