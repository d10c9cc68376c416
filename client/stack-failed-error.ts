import { CodeseederError } from '../lib/contract/codeseeder-error.js';

/** A resource that CloudFormation could not create, change or delete. */
export interface FailedResource {
  /** Logical id of the resource in the template. */
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::S3::Bucket`. */
  readonly resourceType: string;
  /** CloudFormation's message. */
  readonly reason: string;
}

/** Thrown if CloudFormation could not deploy or delete a stack. `code` is `StackFailed`. */
export class StackFailedError extends CodeseederError {
  /** Name of the stack. */
  readonly stackName: string;
  /** Status that the stack has now, such as `ROLLBACK_COMPLETE`. */
  readonly status: string;
  /** Resources that caused the failure, in the order in which they failed. */
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
        lines.length > 0
          ? `\n${lines.join('\n')}`
          : ` ${reason ?? 'See the events of the stack in CloudFormation.'}`
      }`,
    );
    this.stackName = stackName;
    this.status = status;
    this.failures = failures;
  }
}
