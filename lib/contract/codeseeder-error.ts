/**
 * The base of every error this project throws on purpose.
 *
 * `code` is stable and documented in {@link FAILURES}; `message` names the value received and the likely fix.
 */
export class CodeseederError extends Error {
  /** Stable identifier to branch on, such as `InvalidRequest`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // Step Functions and a build's result carry an error's name, so the name is the code there.
    this.name = code;
  }
}
