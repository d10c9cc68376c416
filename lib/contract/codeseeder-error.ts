import type { FailureCode } from './failures.js';
import type { OperationFailureCode } from './operation-failures.js';

/** The codes of all errors that codeseeder throws on purpose. */
export type ErrorCode = FailureCode | OperationFailureCode;

/**
 * Base class of every error that codeseeder throws on purpose.
 *
 * `code` is stable and documented in {@link FAILURES} or {@link OPERATION_FAILURES}. `message` names the value received
 * and the likely fix.
 */
export class CodeseederError extends Error {
  /** Stable identifier to branch on, such as `InvalidRequest`. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // The name is set to the code, because Step Functions and `result.json` pass on only the name of an error.
    this.name = code;
  }
}
