import { CodeseederError } from '../../../lib/contract/codeseeder-error.js';

/**
 * Refuses to pack.
 * @param problem what is wrong and what to do, without a period at the end
 * @throws CodeseederError `PackFailed`
 */
export function refusePacking(problem: string, cause?: unknown): never {
  throw new CodeseederError('PackFailed', `${problem}.`, { cause });
}

/** Returns the code of an error of the operating system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
