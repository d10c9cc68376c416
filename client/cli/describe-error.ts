import { CodeseederError } from '../../lib/contract/index.js';

/** An error in one line, with the code that it can be looked up by. */
export function describeError(error: unknown): string {
  if (error instanceof CodeseederError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
