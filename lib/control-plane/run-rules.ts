import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule, type EventPattern, type EventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction, IDestination } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { INBOX_PREFIX, INBOX_REQUEST_SUFFIX, RUN_REQUESTED, seedkitNames } from '../contract/index.js';
import { allow } from './access-statement.js';
import { DELIVERY } from './event-delivery.js';
import { keyAccess } from './key-access.js';

/** Statuses of an ended execution whose run the machine may not have recorded. */
const ENDS_TO_RECONCILE = ['ABORTED', 'TIMED_OUT', 'FAILED'];

/**
 * Phases whose end is recorded, so that a record shows PROVISIONING, INSTALL and BUILD, in which most builds spend
 * their time. Each costs an invocation of `wake-run` and a write of the record.
 */
const PHASES_FOLLOWED = ['QUEUED', 'DOWNLOAD_SOURCE', 'PRE_BUILD'];

/** Properties of {@link RunRules}. */
export interface RunRulesProps {
  readonly seedkit: string;
  readonly bus: EventBus;
  /** Bucket with the inbox. */
  readonly bucket: Bucket;
  readonly stateMachineArn: string;
  readonly mapMachineArn: string;
  /**
   * Names of the projects that runs are built in. A name that ends in `*` matches all names that start with the text
   * before it.
   */
  readonly projects: readonly string[];
  readonly startRun: LambdaFunction;
  readonly wakeRun: LambdaFunction;
  readonly reconcileRun: LambdaFunction;
  /** Handler that schedules of EventBridge Scheduler call. */
  readonly startTarget: LambdaFunction;
  readonly deadLetters: IQueue;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The rules that start runs, by a `Run Requested` event or an object in the inbox, the rules that call `wake-run` when
 * a build ended or reached its next phase, and the rules that call `reconcile-run`, when an execution ended and every
 * five minutes.
 */
export class RunRules extends Construct {
  constructor(scope: Construct, id: string, props: RunRulesProps) {
    super(scope, id);
    const prefix = seedkitNames.prefix(props.seedkit);
    this.rule('RunRequested', `${prefix}-run-requested`, props.startRun, props, {
      eventBus: props.bus,
      description: `Starts the run that a ${RUN_REQUESTED} event asks for`,
      eventPattern: { detailType: [RUN_REQUESTED] },
    });
    this.rule('InboxFilled', `${prefix}-inbox`, props.startRun, props, {
      description: `Starts the run that an object ${INBOX_PREFIX}*${INBOX_REQUEST_SUFFIX} asks for`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [props.bucket.bucketName] },
          // A prefix and a suffix as two entries of the list would also match keys that have only one of them.
          object: { key: [{ wildcard: `${INBOX_PREFIX}*${INBOX_REQUEST_SUFFIX}` }] },
        },
      },
    });
    this.buildRules(props);
    this.rule('ExecutionEnded', `${prefix}-execution-ended`, props.reconcileRun, props, {
      description: 'Ends the record of a run or map whose execution was stopped, failed or timed out',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachineArn, props.mapMachineArn],
          status: ENDS_TO_RECONCILE,
        },
      },
    });
    this.rule('Reconcile', `${prefix}-reconcile`, props.reconcileRun, props, {
      description:
        'Looks for runs and maps whose record and execution disagree, because AWS delivers its events best effort',
      schedule: Schedule.rate(Duration.minutes(5)),
    });
    for (const handler of [props.startRun, props.reconcileRun, props.startTarget])
      catchFailedEvents(handler, props);
  }

  private buildRules({ seedkit, projects, wakeRun }: RunRulesProps): void {
    // Few retries suffice: if an event is lost, the build is checked after the poll interval, and a late event has no
    // effect.
    const target = new LambdaTarget(wakeRun, { retryAttempts: 2, maxEventAge: Duration.minutes(5) });
    wakeRun.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.minutes(5) });
    const prefix = seedkitNames.prefix(seedkit);
    const ofRuns = { 'project-name': projects.map(nameOrPrefix) };
    new Rule(this, 'BuildEnded', {
      ruleName: `${prefix}-build-ended`,
      description: 'Ends the wait of a run when CodeBuild has ended its build',
      eventPattern: {
        source: ['aws.codebuild'],
        detailType: ['CodeBuild Build State Change'],
        // The pattern excludes the status in progress, because the documented list of final statuses lacks TIMED_OUT
        // and FAULT.
        detail: { ...ofRuns, 'build-status': [{ 'anything-but': ['IN_PROGRESS'] }] },
      },
      targets: [target],
    });
    new Rule(this, 'BuildPhaseChanged', {
      ruleName: `${prefix}-build-phase`,
      description: 'Records the phase of the build of a run',
      eventPattern: {
        source: ['aws.codebuild'],
        detailType: ['CodeBuild Build Phase Change'],
        detail: {
          ...ofRuns,
          'completed-phase': [...PHASES_FOLLOWED],
          'completed-phase-status': ['SUCCEEDED'],
        },
      },
      targets: [target],
    });
  }

  private rule(
    id: string,
    ruleName: string,
    handler: LambdaFunction,
    { deadLetters }: RunRulesProps,
    on: { description: string; eventBus?: EventBus; eventPattern?: EventPattern; schedule?: Schedule },
  ): void {
    const target = new LambdaTarget(handler, { deadLetterQueue: deadLetters, ...DELIVERY });
    new Rule(this, id, { ruleName, ...on, targets: [target] });
  }
}

function nameOrPrefix(project: string): string | { readonly prefix: string } {
  return project.endsWith('*') ? { prefix: project.slice(0, -1) } : project;
}

/**
 * Sends an event to the dead-letter queue if the handler fails. EventBridge itself does so only if Lambda does not
 * accept the event.
 */
function catchFailedEvents(handler: LambdaFunction, { deadLetters, encryptionKey }: RunRulesProps): void {
  handler.addToRolePolicy(allow('PutDeadLetters', ['sqs:SendMessage'], [deadLetters.queueArn]));
  const [useKey] = keyAccess(encryptionKey, 'readWrite', ['sqs']);
  if (useKey !== undefined) {
    useKey.sid = 'EncryptDeadLetters';
    handler.addToRolePolicy(useKey);
  }
  const destination: IDestination = {
    bind: () => ({ destination: deadLetters.queueArn }),
  };
  handler.configureAsyncInvoke({
    onFailure: destination,
    retryAttempts: 2,
    maxEventAge: DELIVERY.maxEventAge,
  });
}
