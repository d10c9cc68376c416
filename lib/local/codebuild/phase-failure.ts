/** Why a phase failed, as its context tells. */
export class PhaseFailure extends Error {
  readonly statusCode: string;

  constructor(statusCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhaseFailure';
    this.statusCode = statusCode;
  }
}

/** What is not a PhaseFailure is a fault of the place. */
export function asPhaseFailure(error: unknown): PhaseFailure {
  if (error instanceof PhaseFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PhaseFailure('CLIENT_ERROR', message, { cause: error });
}
