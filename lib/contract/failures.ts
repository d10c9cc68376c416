/** Where a failure is reported. */
export const FAILURE_SEEN = {
  /** The end of a run: its record, `Run State Change` event and execution error, and the client's `RunFailedError`. */
  run: 'the end of a run',
  /** A request that did not become a run, or whose run failed at once. */
  request: "the call's error, a `Run Refused` event, or the end of a run",
  /** A call that started no run, or whose run continues. */
  caller: "the call's error",
} as const;

/**
 * Every failure that a run can end with or that prevents a run from starting, with its meaning and what to do.
 * `docs/reference/failures.md` is made from this object.
 */
export const FAILURES = {
  InvalidRequest: {
    seen: 'request',
    meaning: 'The run request, event or invocation is not valid.',
    fix: 'The message names the field and its rule. Correct the field and submit again.',
  },
  NotAllowed: {
    seen: 'run',
    meaning:
      'The request names a role, image, project, fleet, secret or mode that the seedkit does not allow.',
    fix: "Add it to the seedkit's `allow` and deploy the seedkit again, or remove it from the request.",
  },
  BundleMissing: {
    seen: 'run',
    meaning:
      'A layer of the bundle is not in the bucket, or differed from the one in the request and was deleted.',
    fix: 'A client that waits for the run uploads the layer and repeats the run once. Otherwise submit the run again. If a layer was changed, check which principals can write to `bundles/`.',
  },
  InputMissing: {
    seen: 'request',
    meaning: "The run's `invocation.json` is not in the bucket.",
    fix: 'Submit the run again. If you start executions yourself, upload the input first.',
  },
  InputChanged: {
    seen: 'request',
    meaning:
      "A file of the run's input is not the one that the request names by its SHA-256, or that `prepare-run` stored.",
    fix: 'Submit the run again, with another run id. Check which principals can write to `runs/` and `inbox/`.',
  },
  QueueTimedOut: {
    seen: 'run',
    meaning:
      'No build started within the queue timeout: there was no capacity, or another run held the lock.',
    fix: "Raise `queuedTimeoutMinutes` or the account's quota of concurrent builds, or start fewer runs.",
  },
  LockHeld: {
    seen: 'request',
    meaning:
      'Another run holds the lock, and `lockMode` is `refuse`; or the lock cannot be released because the run that holds it has not ended; or the maximum number of runs already wait for it.',
    fix: 'The message names the run that holds the lock. Wait for its end or cancel it, or use `lockMode: wait`.',
  },
  LockReplaced: {
    seen: 'run',
    meaning:
      'The run waited for a lock, and a newer run with `lockMode: replace` took its place. Its status is `CANCELED`.',
    fix: 'None: the newer run does the work.',
  },
  PublishedTargetNotFound: {
    seen: 'request',
    meaning: 'The seedkit has no published target of this name, or the target has no such version or alias.',
    fix: 'The message lists the nearest names, or the versions and aliases. Check them with `codeseeder targets list`.',
  },
  LockNotHeld: {
    seen: 'caller',
    meaning: 'No run holds the lock, or no run ever had a lock of this name.',
    fix: 'Check the name with `codeseeder locks list`.',
  },
  BuildQuotaZero: {
    seen: 'run',
    meaning:
      'The account may run no build of this compute type: its quota is 0, which is common in new accounts.',
    fix: 'Use a smaller `computeType`, such as `BUILD_GENERAL1_SMALL`. Or raise the quota of concurrent builds of this type in Service Quotas; for a new account, open a case with AWS Support.',
  },
  BuildTimedOut: {
    seen: 'run',
    meaning: 'The build ran longer than its timeout.',
    fix: 'Raise `timeoutMinutes`, or check the log for the slow step.',
  },
  BuildStopped: {
    seen: 'run',
    meaning: 'The build was stopped from outside the state machine, for example in the CodeBuild console.',
    fix: 'Run it again. To stop a run, use `run.cancel()`, which records the user and the reason.',
  },
  BuildFault: {
    seen: 'run',
    meaning: 'CodeBuild had an internal fault.',
    fix: 'Run it again. If it fails repeatedly, check the AWS Health Dashboard.',
  },
  BuildFailed: {
    seen: 'run',
    meaning: 'A phase of the build failed before or after the target ran.',
    fix: "Read the phase's message in `failure.message`, and the log.",
  },
  CommandFailed: {
    seen: 'run',
    meaning: 'A command of the run exited with a code other than 0.',
    fix: "Read the command's output in the log.",
  },
  RemoteError: {
    seen: 'run',
    meaning: 'The target threw an error.',
    fix: 'Read `failure.remote`: it has the name, message and stack of the error.',
  },
  TargetNotFound: {
    seen: 'run',
    meaning: 'The bundle does not have the module, or the module does not export the function.',
    fix: 'Export the function from its module under the name in the message.',
  },
  RemoteCallDuringImport: {
    seen: 'run',
    meaning: 'A module calls a remote function while it is imported. Each build would start another run.',
    fix: 'Move the call into a function or another module, or guard it with `if (!isRemote)`.',
  },
  ArgumentsNotJson: {
    seen: 'caller',
    meaning: 'An argument is not JSON data.',
    fix: 'The message names the path inside the arguments. Pass plain data there.',
  },
  ResultNotJson: {
    seen: 'run',
    meaning: 'The target returned a value that is not JSON data.',
    fix: 'The message names the path inside the value. Return plain data there.',
  },
  ResultTooLarge: {
    seen: 'run',
    meaning: 'The returned value is larger than 64 MiB as JSON.',
    fix: 'Write it to `$CODESEEDER_OUTPUT_DIR` or to S3, and return its location.',
  },
  ProcessExited: {
    seen: 'run',
    meaning: 'The target ended the process before it returned.',
    fix: "Return or throw instead of calling `process.exit` or Python's `sys.exit`.",
  },
  ResultMissing: {
    seen: 'run',
    meaning: 'The build ended without a result. Usually its process was killed because it ran out of memory.',
    fix: 'Check the end of the log. Use a larger `computeType`.',
  },
  ResultChanged: {
    seen: 'run',
    meaning: "The `result.json` in the bucket is not the one that the run's build wrote.",
    fix: 'Check which principals can write to `outputs/`, then run it again.',
  },
  RunCanceled: {
    seen: 'run',
    meaning: 'The run was canceled: its execution was stopped.',
    fix: 'The message names the user and the reason, if the run was canceled with codeseeder.',
  },
  RunTimedOut: {
    seen: 'run',
    meaning: 'The execution ran longer than the state machine allows.',
    fix: 'Check the execution history for the state in which it waited.',
  },
  ControlPlaneError: {
    seen: 'run',
    meaning: 'A step of the control plane failed after all retries.',
    fix: 'The message names the step and the error. Run it again, and check the alarms.',
  },
  RunIdConflict: {
    seen: 'request',
    meaning: 'A run with this id and another request or input exists.',
    fix: 'Use another run id, or attach to the run that exists.',
  },
  RunNotFound: {
    seen: 'caller',
    meaning: 'The seedkit has no run with this id.',
    fix: 'Check the id, seedkit, account and region. Records and executions expire.',
  },
  NoDebugSession: {
    seen: 'caller',
    meaning: 'No shell can be opened in the build of the run.',
    fix: 'The message says why. Start the run with `--debug-session`, in a seedkit that allows it, and open the shell while its build runs.',
  },
  RunNotOver: {
    seen: 'caller',
    meaning: 'The run to repeat has not ended.',
    fix: 'Wait for its end, or cancel it first.',
  },
  MapNotFound: {
    seen: 'caller',
    meaning: 'The seedkit has no map with this id, or its execution has expired.',
    fix: 'Check the id, seedkit, account and region. Step Functions keeps the execution of a map for 90 days.',
  },
  MapNotOver: {
    seen: 'caller',
    meaning: 'The map to run again has not ended.',
    fix: 'Wait for its end, or cancel it first.',
  },
  AwsUnreachable: {
    seen: 'caller',
    meaning: 'AWS, or the local AWS, did not answer at the configured endpoint.',
    fix: 'Check the network and `AWS_ENDPOINT_URL`. A submitted run continues: attach to it by its id.',
  },
  SeedkitNotFound: {
    seen: 'caller',
    meaning: 'No seedkit of this name is deployed in this account and region.',
    fix: 'Deploy it, or check the name, account and region.',
  },
  SeedkitNotReady: {
    seen: 'caller',
    meaning: "The seedkit's stack exists, but its state does not allow runs.",
    fix: 'Check the stack in CloudFormation and deploy the seedkit again.',
  },
  PackFailed: {
    seen: 'caller',
    meaning: 'The bundle could not be packed.',
    fix: 'The message names the file and the problem.',
  },
  BundleTooLarge: {
    seen: 'caller',
    meaning: 'A layer of the bundle is larger than 5 TiB.',
    fix: 'Leave files out of the bundle, or put large files into S3.',
  },
  CodeArtifactMissing: {
    seen: 'caller',
    meaning: 'The seedkit has no CodeArtifact repository to publish to.',
    fix: 'Add one with `codeseeder deploy seedkit NAME --deploy-codeartifact`.',
  },
  ModuleNotPublished: {
    seen: 'caller',
    meaning: 'A local package could not be built, or the repository rejected it.',
    fix: 'The message has the error of npm, pip or the repository. Fix the package and deploy it again.',
  },
  NotInBuild: {
    seen: 'caller',
    meaning: 'The call is not available inside a build.',
    fix: 'Call it only where `isRemote` is false.',
  },
} as const satisfies Record<string, { seen: keyof typeof FAILURE_SEEN; meaning: string; fix: string }>;

/** A key of {@link FAILURES}. Codes are stable: programs can branch on them. */
export type FailureCode = keyof typeof FAILURES;

/** Returns whether a string, such as an error name of Step Functions, is a key of {@link FAILURES}. */
export function isFailureCode(code: string | undefined): code is FailureCode {
  return code !== undefined && Object.hasOwn(FAILURES, code);
}
