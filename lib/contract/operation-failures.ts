/**
 * Error codes of deployments, of the local AWS and of the command line, with their meaning and the remedy. Runs do not
 * end with these codes. `docs/reference/failures.md` is made from this object.
 */
export const OPERATION_FAILURES = {
  DeployFailed: {
    meaning: 'The stack could not be deployed, and CloudFormation reported no failed resource.',
    fix: "The message has the CDK toolkit's error. Run `cdk bootstrap` once per account and region before the first deployment.",
  },
  StackFailed: {
    meaning: 'CloudFormation could not create, update or delete a resource of the stack.',
    fix: 'The message names each resource and the reason. Fix the cause and deploy again. A stack whose first deployment failed is replaced.',
  },
  SessionNotReachable: {
    meaning: 'The build in the local AWS has ended, or runs on another machine or as another user.',
    fix: 'Open the shell on the machine and as the user of `local up`, while the build runs.',
  },
  StackBusy: {
    meaning: 'Another deployment is changing the stack.',
    fix: 'Wait until it has ended, then try again.',
  },
  StackNotOurs: {
    meaning:
      'A stack of this name without a control plane exists, such as one that the Python aws-codeseeder deployed.',
    fix: 'Use another name, or destroy the stack with the tool that deployed it and deploy again.',
  },
  StackImported: {
    meaning: "Other stacks import outputs of the seedkit's stack, so it cannot be deleted.",
    fix: 'The message names them. Destroy them first, or deploy them without what they take from the seedkit.',
  },
  RetainedInTheWay: {
    meaning:
      'The run table or the packages that an earlier seedkit of this name retained prevent the deployment.',
    fix: 'Delete them with `codeseeder destroy seedkit NAME --delete-data`, or use another name.',
  },
  TableProtected: {
    meaning: 'The run table cannot be deleted because its deletion protection is on.',
    fix: 'Turn the protection off with the command in the message.',
  },
  BucketNotEmptied: {
    meaning: "An object of the seedkit's bucket could not be deleted.",
    fix: 'The message names the object and the reason. Fix the cause and destroy again.',
  },
  ConfigInvalid: {
    meaning:
      'A `codeseeder.config.ts`, `.js` or `.json` has a mistake, or has no environment of the requested name.',
    fix: 'The message names the file, each member and its fix.',
  },
  ToolkitMissing: {
    meaning: 'Deploying needs the AWS CDK toolkit, which is not installed.',
    fix: 'Install it with the command in the message.',
  },
  CredentialsUnusable: {
    meaning: 'A secret with credentials of a registry or mirror does not exist or has the wrong format.',
    fix: 'The message names the secret and the problem, never its content. Create or correct the secret.',
  },
  AssemblyUnreadable: {
    meaning: 'The folder to deploy to the local AWS is not a cloud assembly.',
    fix: 'Create one with `npx cdk synth`.',
  },
  InvalidTemplate: {
    meaning: 'The template is not valid. CloudFormation would reject it too.',
    fix: 'The message names the location in the template.',
  },
  UnsupportedTemplate: {
    meaning: 'The template uses a resource or property that the local AWS does not support.',
    fix: 'The message names each resource and property. `dist/lib/local/template/README.md` of the package lists the supported ones.',
  },
  DataFolderNotUsable: {
    meaning:
      'The data folder of the local AWS has other contents, belongs to another user, cannot be read or written, or its disk is full.',
    fix: 'Use a folder that is empty or does not exist. The message names a file that cannot be used: make it writable, or free space.',
  },
  DataFolderNotWritable: {
    meaning: 'The local AWS cannot write its data, most often because the disk is full.',
    fix: 'Free space. Writes are refused until then, and no data that was acknowledged is lost.',
  },
  DataFolderDamaged: {
    meaning: 'A file of the data folder of the local AWS is missing, or is not as it was written.',
    fix: 'Restore the folder from a copy, or run `codeseeder local repair NAME`, which keeps what can be read and lists what is lost.',
  },
  PlaceInUse: {
    meaning: 'Another local AWS uses the same data folder.',
    fix: 'Stop it with `codeseeder local down NAME`, or use another folder.',
  },
  PlaceMismatch: {
    meaning: 'The data folder belongs to a local AWS of another account or region.',
    fix: 'Omit the account and region, or use another folder.',
  },
  RegionMissing: {
    meaning: 'No AWS region is set.',
    fix: 'Set `AWS_REGION`, pass `--region` or the option `aws.region`, or set the region of your AWS profile. For a local AWS: `eval "$(codeseeder local up NAME --detach)"`.',
  },
  CredentialsMissing: {
    meaning: 'The AWS SDK has no credentials.',
    fix: 'Sign in, or set `AWS_PROFILE` or the variables of access keys. The message has what the SDK tried. For a local AWS: `eval "$(codeseeder local up NAME --detach)"`.',
  },
  Usage: {
    meaning: 'The command, or one of its options, is not known.',
    fix: 'Add `--help` to a command to list its arguments and options.',
  },
  Interrupted: {
    meaning: 'Waiting for the run was interrupted.',
    fix: 'The message has the state of the run and the command to attach to it.',
  },
  ScheduleNotFound: {
    meaning: 'The seedkit has no schedule of this name.',
    fix: 'The message lists the nearest names. Check them with `codeseeder schedules list`.',
  },
  ScheduleExists: {
    meaning: 'The seedkit already has a schedule of this name.',
    fix: 'Use another name, remove the schedule, or add it with `--replace`.',
  },
  TargetScheduled: {
    meaning: 'Schedules start the published target, version or alias that was to be removed.',
    fix: 'The message names the schedules and the command that removes them.',
  },
  CapacityUnavailable: {
    meaning: 'CodeBuild has no capacity for another build. The state machine waits and tries again.',
    fix: 'No action needed. A run that waits too long ends with `QueueTimedOut`.',
  },
  LockAwaited: {
    meaning: "Another run holds the run's lock. The state machine waits until the run gets it.",
    fix: 'No action needed. A run that waits too long ends with `QueueTimedOut`.',
  },
  BuildNotEnded: {
    meaning: 'CodeBuild has not ended the build yet. The state machine waits again.',
    fix: 'None.',
  },
} as const satisfies Record<string, { meaning: string; fix: string }>;

/** A key of {@link OPERATION_FAILURES}. */
export type OperationFailureCode = keyof typeof OPERATION_FAILURES;
