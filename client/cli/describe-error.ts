import { CodeseederError } from '../../lib/contract/index.js';
import { severalLines } from './printable.js';

/** Returns an error with its code, if it has one, or its name. */
export function describeError(error: unknown): string {
  if (error instanceof CodeseederError) return severalLines(`${error.code}: ${error.message}`);
  return severalLines(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
