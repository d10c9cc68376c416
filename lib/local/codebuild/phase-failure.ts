/** A failed phase, with the status code and message of its context. */
export class PhaseFailure extends Error {
  readonly statusCode: string;

  constructor(statusCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhaseFailure';
    this.statusCode = statusCode;
  }
}

/** Returns a PhaseFailure unchanged, and any other error as a PhaseFailure with the code `CLIENT_ERROR`. */
export function asPhaseFailure(error: unknown): PhaseFailure {
  if (error instanceof PhaseFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PhaseFailure('CLIENT_ERROR', message, { cause: error });
}
