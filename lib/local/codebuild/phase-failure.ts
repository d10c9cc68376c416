/** The failure of a phase, as its context describes it. */
export class PhaseFailure extends Error {
  readonly statusCode: string;

  constructor(statusCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhaseFailure';
    this.statusCode = statusCode;
  }
}

/** Returns a PhaseFailure unchanged, and any other error as a fault of the local AWS. */
export function asPhaseFailure(error: unknown): PhaseFailure {
  if (error instanceof PhaseFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PhaseFailure('CLIENT_ERROR', message, { cause: error });
}
