import type { FailureCode } from './failures.js';
import type { OperationFailureCode } from './operation-failures.js';

/** The codes of all errors that this project throws on purpose. */
export type ErrorCode = FailureCode | OperationFailureCode;

/**
 * The base of every error this project throws on purpose.
 *
 * `code` is stable and documented in {@link FAILURES} or {@link OPERATION_FAILURES}; `message` names the value received
 * and the likely fix.
 */
export class CodeseederError extends Error {
  /** Stable identifier to branch on, such as `InvalidRequest`. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // Step Functions and a build's result carry an error's name, so the name is the code there.
    this.name = code;
  }
}
