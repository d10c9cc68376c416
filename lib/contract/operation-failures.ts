/**
 * Every other code of an error of ours: of deploying a seedkit, of a local place, of the command line. No run ends
 * with one. The README's second table is made from this declaration.
 */
export const OPERATION_FAILURES = {
  DeployFailed: {
    meaning: 'The stack could not be deployed, and CloudFormation names no resource for it.',
    fix: "The message has the toolkit's words. An account and region that was never deployed to needs `cdk bootstrap` once.",
  },
  StackFailed: {
    meaning: 'CloudFormation could not make, change or delete a resource of the stack.',
    fix: 'The message names each resource and why; mend that and deploy again. A failed first deployment is replaced.',
  },
  StackBusy: {
    meaning: 'The stack is being changed by somebody else.',
    fix: 'Wait for the end of that and try again.',
  },
  StackNotOurs: {
    meaning: 'A stack of this name exists that has no control plane, as the Python aws-codeseeder makes it.',
    fix: 'Use another name, or destroy it with the tool that made it and deploy again.',
  },
  RetainedInTheWay: {
    meaning: 'An earlier seedkit of this name retained its run table, which a new one cannot read.',
    fix: '`codeseeder destroy seedkit NAME --delete-data` deletes it; or use another name.',
  },
  TableProtected: {
    meaning: 'The run table to be deleted is protected from deletion.',
    fix: 'Take the protection off with the command that the message gives.',
  },
  BucketNotEmptied: {
    meaning: "An object of the seedkit's bucket could not be deleted.",
    fix: 'The message names the object and the reason; mend that and destroy again.',
  },
  ToolkitMissing: {
    meaning: "The AWS CDK's toolkit is not installed, which deploying needs.",
    fix: 'Install it with the line that the message gives.',
  },
  CredentialsUnusable: {
    meaning: 'A secret with credentials of a registry or mirror is not there, or has another shape.',
    fix: 'The message names the secret and what it lacks, never its content.',
  },
  AssemblyUnreadable: {
    meaning: 'The folder to deploy to a local place is no cloud assembly.',
    fix: 'Make one with `npx cdk synth`.',
  },
  InvalidTemplate: {
    meaning: 'The template is one that CloudFormation would refuse, too.',
    fix: 'The message names the place in the template.',
  },
  UnsupportedTemplate: {
    meaning: 'The template asks for what the local place does not have.',
    fix: 'The message names each resource and property; `lib/local/BEHAVIOUR.md` says what is modelled.',
  },
  DataFolderNotUsable: {
    meaning: "The folder for a local place's data has other contents.",
    fix: 'Name a folder that is empty or does not exist yet.',
  },
  PlaceInUse: {
    meaning: 'Another process has a local place on the same data.',
    fix: 'End that place (`codeseeder local down NAME`), or name another folder.',
  },
  PlaceMismatch: {
    meaning: "A local place's data is of another account or region.",
    fix: 'Leave account and region out, or name another folder.',
  },
  Usage: {
    meaning: 'The command line does not understand the command.',
    fix: '`--help` behind any command says what it takes.',
  },
  Interrupted: {
    meaning: 'Who waited was told to stop.',
    fix: 'The message says what became of the run, and how to attach to it.',
  },
  CapacityUnavailable: {
    meaning: 'CodeBuild has no room for another build; the state machine waits and asks again.',
    fix: 'Nothing: a run that waits too long ends with `QueueTimedOut`.',
  },
} as const satisfies Record<string, { meaning: string; fix: string }>;

/** A key of {@link OPERATION_FAILURES}. */
export type OperationFailureCode = keyof typeof OPERATION_FAILURES;
