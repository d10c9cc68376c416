/** An error of an AWS service, which the client receives in the service's protocol. */
export class AwsError extends Error {
  /** The service's error code, such as `ResourceNotFoundException`. */
  readonly code: string;
  /** HTTP status of the response. */
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

/** Returns an error unchanged if it is an AwsError, and any other as the `InternalFailure` of a service. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', `The local AWS failed: ${message}`, 500);
}
