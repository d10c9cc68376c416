import { CodeseederError } from '../../lib/contract/index.js';

/** Returns an error as one line, with its code if it has one. */
export function describeError(error: unknown): string {
  if (error instanceof CodeseederError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
