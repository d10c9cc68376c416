import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  Errors,
  Fail,
  type IChainable,
  Succeed,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

import type { FailureCode, TerminalStatus } from '../../contract/index.js';
import { executionsArn } from '../resource-arns.js';
import { EXECUTION, jsonata } from './jsonata.js';
import { RETRIES } from './retry-policy.js';

const SUCCEEDED: TerminalStatus = 'SUCCEEDED';
const CANCELED: TerminalStatus = 'CANCELED';
const CONTROL_PLANE_ERROR: FailureCode = 'ControlPlaneError';
const RUN_ID_CONFLICT: FailureCode = 'RunIdConflict';

/** Ends the execution of a recorded run with the same result as in the record. */
export function didRunSucceed(scope: Construct, seedkit: string): Choice {
  const runSucceeded = Succeed.jsonata(scope, 'RunSucceeded', { outputs: jsonata('$outcome.output') });
  const runFailed = Fail.jsonata(scope, 'RunFailed', {
    error: jsonata('$outcome.error'),
    cause: jsonata('$outcome.cause'),
  });
  return Choice.jsonata(scope, 'DidRunSucceed', { outputs: {} })
    .when(endedAs(SUCCEEDED), runSucceeded)
    .when(endedAs(CANCELED), stopCanceled(scope, seedkit, runFailed))
    .otherwise(runFailed);
}

function endedAs(status: TerminalStatus): Condition {
  return Condition.jsonata(jsonata(`$outcome.status = "${status}"`));
}

/**
 * Stops the execution of a canceled run, so that Step Functions counts it as aborted and not as failed: somebody ended
 * the run on purpose, which is no reason for an alarm.
 * @param otherwise the state that follows if the execution could not be stopped
 */
function stopCanceled(scope: Construct, seedkit: string, otherwise: IChainable): CallAwsService {
  const stop = CallAwsService.jsonata(scope, 'StopCanceled', {
    service: 'sfn',
    action: 'stopExecution',
    iamAction: 'states:StopExecution',
    iamResources: [executionsArn(scope, seedkit)],
    parameters: {
      ExecutionArn: jsonata(EXECUTION.arn),
      Error: jsonata('$outcome.error'),
      Cause: jsonata('$outcome.cause'),
    },
    outputs: {},
    taskTimeout: Timeout.duration(Duration.seconds(30)),
  });
  for (const retry of RETRIES.stop) stop.addRetry(retry);
  stop.addCatch(otherwise, { errors: [Errors.ALL], outputs: {} });
  // AWS does not document that an execution has ended when StopExecution returns.
  const untilStopped = Wait.jsonata(scope, 'WaitForStop', {
    time: WaitTime.duration(Duration.minutes(1)),
    outputs: {},
  });
  stop.next(untilStopped).next(otherwise);
  return stop;
}

/** Ends an execution whose run id belongs to another run. The record is not changed, and nothing is announced. */
export function runIdTaken(scope: Construct): Fail {
  return Fail.jsonata(scope, 'RunIdTaken', {
    error: RUN_ID_CONFLICT,
    cause:
      'A record of this run id exists already. Submit with another run id, or attach to the run that exists.',
  });
}

/** Ends an execution whose run was ended by another writer, which announces the end. */
export function runSuperseded(scope: Construct): Fail {
  return Fail.jsonata(scope, 'RunSuperseded', {
    error: CONTROL_PLANE_ERROR,
    cause:
      'Another writer, most likely reconcile-run, ended the record of this run first: the record has the end.',
  });
}

/** Ends an execution whose outcome could not be written. */
export function runUnrecorded(scope: Construct): Fail {
  return Fail.jsonata(scope, 'RunUnrecorded', {
    error: CONTROL_PLANE_ERROR,
    cause: jsonata(
      '"The end of this run could not be recorded (" & $caught.error & "); reconcile-run records it later."',
    ),
  });
}
