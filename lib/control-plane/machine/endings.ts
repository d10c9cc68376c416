import { Choice, Condition, Fail, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

import type { FailureCode, TerminalStatus } from '../../contract/index.js';
import { jsonata } from './jsonata.js';

const SUCCEEDED: TerminalStatus = 'SUCCEEDED';
const CONTROL_PLANE_ERROR: FailureCode = 'ControlPlaneError';
const RUN_ID_CONFLICT: FailureCode = 'RunIdConflict';

/** Ends the execution of a recorded run with the same result as in the record. */
export function didRunSucceed(scope: Construct): Choice {
  const runSucceeded = Succeed.jsonata(scope, 'RunSucceeded', { outputs: jsonata('$outcome.output') });
  const runFailed = Fail.jsonata(scope, 'RunFailed', {
    error: jsonata('$outcome.error'),
    cause: jsonata('$outcome.cause'),
  });
  return Choice.jsonata(scope, 'DidRunSucceed', { outputs: {} })
    .when(Condition.jsonata(jsonata(`$outcome.status = "${SUCCEEDED}"`)), runSucceeded)
    .otherwise(runFailed);
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
