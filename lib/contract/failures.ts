/** Where a failure is seen. */
export const FAILURE_SEEN = {
  /** It ends a run: record, `Run State Change` event, the execution's error, the client's `RunFailedError`. */
  run: 'a run that ended so',
  /** A request that did not become a run, or whose run ended at once. */
  request: "the call's error, a `Run Refused` event, or a run that ended so",
  /** Nothing was started, or the run goes on without the caller. */
  caller: "the call's error",
} as const;

/**
 * Every failure a run can end with, or that keeps a run from starting: what it means and what to do.
 * The README's failure table is made from this declaration.
 */
export const FAILURES = {
  InvalidRequest: {
    seen: 'request',
    meaning: 'The run request, event or invocation breaks the contract.',
    fix: 'Read the message: it names the field, the value received and what is allowed.',
  },
  NotAllowed: {
    seen: 'run',
    meaning: 'The request names a role, image, project, fleet, secret or mode the seedkit does not allow.',
    fix: "Add it to the construct's `allow` and deploy the seedkit again, or leave it out of the request.",
  },
  BundleMissing: {
    seen: 'run',
    meaning:
      'A layer of the bundle is not in the bucket, or was not what the request says and has been deleted.',
    fix: 'A client that waits for the run uploads the layer and runs it once more by itself; otherwise submit again. Where layers were changed, find out who writes to `bundles/`.',
  },
  InputMissing: {
    seen: 'request',
    meaning: "The run's `invocation.json` is not in the bucket.",
    fix: 'Submit the run again; starting an execution by hand needs the input put first.',
  },
  QueueTimedOut: {
    seen: 'run',
    meaning: 'No build could be started within the queue timeout.',
    fix: 'Raise `queuedTimeoutMinutes`, or the concurrent build quota of the account, or start fewer runs.',
  },
  BuildTimedOut: {
    seen: 'run',
    meaning: 'The build ran longer than its timeout.',
    fix: 'Raise `timeoutMinutes`, or look in the log for what takes so long.',
  },
  BuildStopped: {
    seen: 'run',
    meaning: 'Somebody stopped the build outside the state machine.',
    fix: 'Run it again; cancel a run with `run.cancel()` so that it says who and why.',
  },
  BuildFault: {
    seen: 'run',
    meaning: 'CodeBuild failed on its own side.',
    fix: 'Run it again; look at the AWS Health Dashboard.',
  },
  BuildFailed: {
    seen: 'run',
    meaning: 'A phase of the build failed before or after the target ran.',
    fix: "Read the phase's message and the log.",
  },
  CommandFailed: {
    seen: 'run',
    meaning: 'A command of the run ended with another exit code than 0.',
    fix: "Read the command's output in the log.",
  },
  RemoteError: {
    seen: 'run',
    meaning: 'The target threw an error.',
    fix: 'Read `failure.remote`: it has the name, message and stack of what was thrown.',
  },
  TargetNotFound: {
    seen: 'run',
    meaning: 'The bundle has no such module, or the module no such exported function.',
    fix: 'Export the function from its module under the name the message gives.',
  },
  RemoteCallDuringImport: {
    seen: 'run',
    meaning: 'A module calls a remote function while it is being imported, which would never end.',
    fix: 'Move the call into a function or another module, or guard it with `if (!isRemote)`.',
  },
  ArgumentsNotJson: {
    seen: 'caller',
    meaning: 'An argument is not JSON data.',
    fix: 'The message names the path inside the arguments; pass plain data there.',
  },
  ResultNotJson: {
    seen: 'run',
    meaning: 'The target returned a value that is not JSON data.',
    fix: 'The message names the path inside the value; return plain data there.',
  },
  ResultTooLarge: {
    seen: 'run',
    meaning: 'The returned value is larger than `result.json` may be.',
    fix: 'Write it to `$CODESEEDER_OUTPUT_DIR` or S3 and return where it is.',
  },
  ProcessExited: {
    seen: 'run',
    meaning: 'The target ended the process before it returned.',
    fix: "Return or throw instead of calling `process.exit` or Python's `sys.exit`.",
  },
  ResultMissing: {
    seen: 'run',
    meaning: 'The build ended without a result: the process was killed, most often for want of memory.',
    fix: 'Look at the end of the log; use a larger `computeType`.',
  },
  RunCanceled: {
    seen: 'run',
    meaning: 'The execution was stopped.',
    fix: 'The message says who stopped it and why.',
  },
  RunTimedOut: {
    seen: 'run',
    meaning: 'The execution ran longer than the state machine allows.',
    fix: 'Look at the execution history for the state it was in.',
  },
  ControlPlaneError: {
    seen: 'run',
    meaning: 'A step of the control plane failed and its retries were used up.',
    fix: 'The message names the step and the error; run it again, and look at the alarms.',
  },
  RunIdConflict: {
    seen: 'request',
    meaning: 'A run with this id exists already with another input.',
    fix: 'Use another run id, or attach to the run that exists.',
  },
  RunNotFound: {
    seen: 'caller',
    meaning: 'The seedkit has no run with this id.',
    fix: 'Check the id and the seedkit, account and region; records and executions expire.',
  },
  RunNotOver: {
    seen: 'caller',
    meaning: 'A run that is still going on cannot be run again.',
    fix: 'Wait for its end, or cancel it first.',
  },
  AwsUnreachable: {
    seen: 'caller',
    meaning: 'AWS, or the local place, does not answer where the SDK looks for it.',
    fix: 'Check the network and `AWS_ENDPOINT_URL`. A run that was submitted goes on: attach to it by its id.',
  },
  SeedkitNotFound: {
    seen: 'caller',
    meaning: 'No seedkit of this name is deployed in this account and region.',
    fix: 'Deploy it, or check the name, account and region.',
  },
  SeedkitNotReady: {
    seen: 'caller',
    meaning: "The seedkit's stack exists but is not in a state that can take runs.",
    fix: 'Look at the stack in CloudFormation and deploy it again.',
  },
  PackFailed: {
    seen: 'caller',
    meaning: 'The bundle could not be made.',
    fix: 'The message names the file and what is wrong with it.',
  },
  BundleTooLarge: {
    seen: 'caller',
    meaning: 'A layer of the bundle is larger than an object of S3 may be.',
    fix: 'Leave files out of the bundle, or put large files into S3.',
  },
  CodeArtifactMissing: {
    seen: 'caller',
    meaning: 'The seedkit has no CodeArtifact repository to publish to.',
    fix: 'Deploy it with one: `codeseeder deploy seedkit NAME --deploy-codeartifact`.',
  },
  ModuleNotPublished: {
    seen: 'caller',
    meaning: 'A local package could not be built, or the repository did not take it.',
    fix: 'The message has what npm, pip or the repository said; mend the package and deploy it again.',
  },
  NotInBuild: {
    seen: 'caller',
    meaning: 'This call works on your side only, not inside a build.',
    fix: 'Call it where `isRemote` is false.',
  },
} as const satisfies Record<string, { seen: keyof typeof FAILURE_SEEN; meaning: string; fix: string }>;

/** A key of {@link FAILURES}: stable, to branch on. */
export type FailureCode = keyof typeof FAILURES;

/** Tells whether a string, such as a Step Functions error name, is one of our failure codes. */
export function isFailureCode(code: string | undefined): code is FailureCode {
  return code !== undefined && Object.hasOwn(FAILURES, code);
}
