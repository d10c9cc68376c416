import { CodeseederError } from '../lib/contract/codeseeder-error.js';

/** A resource that CloudFormation could not make, change or delete. */
export interface FailedResource {
  readonly logicalId: string;
  readonly resourceType: string;
  readonly reason: string;
}

/** A stack that could not be deployed or destroyed. `code` is `StackFailed`. */
export class StackFailedError extends CodeseederError {
  readonly stackName: string;
  /** What the stack was left as, such as `ROLLBACK_COMPLETE`. */
  readonly status: string;
  /** What failed of itself, the first one first. */
  readonly failures: readonly FailedResource[];

  constructor(
    stackName: string,
    status: string,
    verb: string,
    failures: readonly FailedResource[],
    reason?: string,
  ) {
    const lines = failures.map(
      (failure) => `- ${failure.logicalId} (${failure.resourceType}): ${failure.reason}`,
    );
    super(
      'StackFailed',
      `The stack ${stackName} could not be ${verb} and is ${status}.${
        lines.length > 0 ? `\n${lines.join('\n')}` : ` ${reason ?? 'Its events in CloudFormation tell why.'}`
      }`,
    );
    this.stackName = stackName;
    this.status = status;
    this.failures = failures;
  }
}
