import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { IntegrationPattern, type RetryProps, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import {
  POLL_INTERVAL,
  type AwaitLockInput,
  type CollectOutcomeInput,
  type PollBuildInput,
  type PrepareRunInput,
  type StartBuildInput,
} from '../../contract/index.js';
import { AGE_OF_BUILD_MS, EXECUTION, jsonata, STATE_ENTERED_AT, TASK_TOKEN } from './jsonata.js';
import { RETRIES } from './retry-policy.js';

/** Handlers that the state machine invokes. */
export interface MachineHandlers {
  readonly prepareRun: IFunction;
  readonly startBuild: IFunction;
  readonly awaitLock: IFunction;
  readonly pollBuild: IFunction;
  readonly collectOutcome: IFunction;
}

/** A handler's input with a JSONata expression for each field. */
type Expressions<Input> = Record<keyof Input, string>;

const PAYLOAD = '$states.result.Payload';

/** Checks the request and the bundle, and renders the build. Sets the variable `prepared`. */
export function prepareRun(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<PrepareRunInput> = {
    executionName: jsonata(EXECUTION.name),
    executionArn: jsonata(EXECUTION.arn),
    executionStartedAt: jsonata(EXECUTION.startedAt),
    request: jsonata(EXECUTION.input),
  };
  return invoke(scope, 'PrepareRun', handler, payload, { prepared: jsonata(PAYLOAD) }, RETRIES.handler);
}

/** Starts the build, or finds the build of an earlier attempt. Sets the variables `started` and `buildId`. */
export function startBuild(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<StartBuildInput> = {
    runId: jsonata(EXECUTION.name),
    startBuild: jsonata('$prepared.startBuild'),
    queueDeadline: jsonata('$prepared.queueDeadline'),
    lock: jsonata('$exists($prepared.lock) ? $prepared.lock : null'),
  };
  const assign = { started: jsonata(PAYLOAD), buildId: jsonata(`${PAYLOAD}.buildId`) };
  return invoke(scope, 'StartBuild', handler, payload, assign, RETRIES.look);
}

/** Whole seconds until the queue deadline of the run, at least one. */
const QUEUE_SECONDS_LEFT = `$max([1, $ceil(($toMillis($prepared.queueDeadline) - $toMillis(${STATE_ENTERED_AT})) / 1000)])`;

/**
 * Waits until the run has its lock, at most until its queue deadline. `await-lock` records the task token and checks
 * the lock at once. The handler that gives the lock to this run returns the token.
 */
export function waitForLock(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<AwaitLockInput> = {
    runId: jsonata(EXECUTION.name),
    lock: jsonata('$prepared.lock.name'),
    taskToken: jsonata(TASK_TOKEN),
  };
  const task = LambdaInvoke.jsonata(scope, 'WaitForLock', {
    lambdaFunction: handler,
    integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: TaskInput.fromObject(payload),
    outputs: {},
    taskTimeout: Timeout.jsonata(jsonata(QUEUE_SECONDS_LEFT)),
    retryOnServiceExceptions: false,
  });
  for (const retry of RETRIES.lock) task.addRetry(retry);
  return task;
}

/**
 * Poll interval: whole seconds until the build is checked again, if nothing ends the wait before. In JSONata states,
 * `TimeoutSeconds` accepts an expression.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
 */
export const POLL_SECONDS = `$max([${POLL_INTERVAL.minSeconds}, $min([${POLL_INTERVAL.maxSeconds}, $floor((${AGE_OF_BUILD_MS}) / 1000 * ${POLL_INTERVAL.shareOfAge})])])`;

/**
 * Waits for the end of the build. `poll-build` checks the build at once, and `wake-run` returns the task token when
 * CodeBuild sends the event that the build has ended. If neither returns the token within the poll interval, the state
 * times out.
 */
export function waitForBuild(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<PollBuildInput> = {
    runId: jsonata(EXECUTION.name),
    buildId: jsonata('$buildId'),
    buildStartedAt: jsonata('$started.buildStartedAt'),
    taskToken: jsonata(TASK_TOKEN),
  };
  const task = LambdaInvoke.jsonata(scope, 'WaitForBuild', {
    lambdaFunction: handler,
    integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: TaskInput.fromObject(payload),
    outputs: {},
    taskTimeout: Timeout.jsonata(jsonata(POLL_SECONDS)),
    retryOnServiceExceptions: false,
  });
  for (const retry of RETRIES.wait) task.addRetry(retry);
  return task;
}

/** Determines how the run ended. Sets the variable `outcome`. */
export function collectOutcome(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<CollectOutcomeInput> = {
    runId: jsonata(EXECUTION.name),
    executionArn: jsonata(EXECUTION.arn),
    executionStartedAt: jsonata(EXECUTION.startedAt),
    request: jsonata(EXECUTION.input),
    buildId: jsonata('$buildId'),
    caught: jsonata('$caught'),
  };
  return invoke(scope, 'CollectOutcome', handler, payload, { outcome: jsonata(PAYLOAD) }, RETRIES.look);
}

function invoke(
  scope: Construct,
  state: string,
  handler: IFunction,
  payload: Record<string, string>,
  assign: Record<string, string>,
  retries: readonly RetryProps[],
): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, state, {
    lambdaFunction: handler,
    payload: TaskInput.fromObject(payload),
    assign,
    outputs: {},
    // Longer than the timeouts of these handlers, because Lambda's own timeout error has more details.
    taskTimeout: Timeout.duration(Duration.minutes(3)),
    retryOnServiceExceptions: false,
  });
  for (const retry of retries) task.addRetry(retry);
  return task;
}
