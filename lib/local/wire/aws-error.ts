/** An error of an AWS service. The client receives it in the form of the service's protocol. */
export class AwsError extends Error {
  /** The service's error code, such as `ResourceNotFoundException`. */
  readonly code: string;
  /** HTTP status of the response. */
  readonly statusCode: number;
  /** Further members of the error in the response. */
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

/** Returns an AwsError unchanged, and converts any other error to an `InternalFailure`. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', `The local AWS failed: ${message}`, 500);
}
