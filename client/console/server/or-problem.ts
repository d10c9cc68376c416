import { isTransientError } from '../../../lib/contract/index.js';

/**
 * Returns why something cannot be read in place of an error, unless the same request may succeed later.
 * @param service name of the service that is read, which a local AWS may not have
 */
export async function orProblem<View extends object>(
  read: () => Promise<View>,
  nothing: View,
  service: string,
): Promise<View & { readonly problem?: string }> {
  try {
    return await read();
  } catch (error) {
    if (isTransientError(error)) throw error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const isMissing = name === 'UnknownService';
    return { ...nothing, problem: isMissing ? `A local AWS has no ${service}.` : `${name}: ${message}` };
  }
}
