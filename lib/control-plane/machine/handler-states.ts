import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import type {
  CollectOutcomeInput,
  PollBuildInput,
  PrepareRunInput,
  StartBuildInput,
} from '../../contract/index.js';
import { EXECUTION, jsonata } from './jsonata.js';
import { RETRIES } from './retry-policy.js';

/** Handlers that the state machine invokes. */
export interface MachineHandlers {
  readonly prepareRun: IFunction;
  readonly startBuild: IFunction;
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
  return invoke(scope, 'PrepareRun', handler, payload, { prepared: jsonata(PAYLOAD) });
}

/** Starts the build, or finds the build of an earlier attempt. Sets the variables `started` and `buildId`. */
export function startBuild(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<StartBuildInput> = {
    runId: jsonata(EXECUTION.name),
    startBuild: jsonata('$prepared.startBuild'),
    queueDeadline: jsonata('$prepared.queueDeadline'),
  };
  return invoke(scope, 'StartBuild', handler, payload, {
    started: jsonata(PAYLOAD),
    buildId: jsonata(`${PAYLOAD}.buildId`),
  });
}

/** Reads the state of the build once. Sets the variable `polled`. */
export function pollBuild(scope: Construct, handler: IFunction): LambdaInvoke {
  const payload: Expressions<PollBuildInput> = {
    runId: jsonata(EXECUTION.name),
    buildId: jsonata('$buildId'),
    buildStartedAt: jsonata('$started.buildStartedAt'),
  };
  return invoke(scope, 'PollBuild', handler, payload, { polled: jsonata(PAYLOAD) });
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
  return invoke(scope, 'CollectOutcome', handler, payload, { outcome: jsonata(PAYLOAD) });
}

function invoke(
  scope: Construct,
  state: string,
  handler: IFunction,
  payload: Record<string, string>,
  assign: Record<string, string>,
): LambdaInvoke {
  const task = LambdaInvoke.jsonata(scope, state, {
    lambdaFunction: handler,
    payload: TaskInput.fromObject(payload),
    assign,
    outputs: {},
    // Longer than any handler's own timeout, because the handler's own timeout error says more.
    taskTimeout: Timeout.duration(Duration.minutes(3)),
    retryOnServiceExceptions: false,
  });
  for (const retry of RETRIES.handler) task.addRetry(retry);
  return task;
}
