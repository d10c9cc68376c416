import { isTransientError } from '../../../lib/contract/index.js';

/** Returns why something cannot be read in place of an error, unless the same request may succeed later. */
export async function orProblem<View extends object>(
  read: () => Promise<View>,
  nothing: View,
): Promise<View & { readonly problem?: string }> {
  try {
    return await read();
  } catch (error) {
    if (isTransientError(error)) throw error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { ...nothing, problem: `${name}: ${message}` };
  }
}
