/** A refusal that a client sees as the service's own, by its code. */
export class AwsError extends Error {
  /** The service's error code, such as `ResourceNotFoundException`. */
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the error's shape. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    statusCode = 400,
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.statusCode = statusCode;
    this.members = members;
  }
}
