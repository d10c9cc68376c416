/** Writes what a page says about a request that failed. */
import type { Problem, SeedkitInfo } from '../../api.js';

/** An answer of the console's server that is an error. */
export interface FailedRequest extends Problem {
  /** Status of the answer; 0 if there was none. */
  readonly status: number;
}

/**
 * Returns what happened and what to do.
 * @param info the seedkit; undefined until it is known
 */
export function describeProblem(
  { status, code, message }: FailedRequest,
  info: SeedkitInfo | undefined,
): string {
  if (status === 0) return describeSilence(info);
  if (status === 401) return `This session has ended. ${message}`;
  if (status !== 503) return message;
  if (info?.isLocal === true && message.includes('ECONNREFUSED'))
    return `The local AWS does not answer. If it has ended, start it again: ${info.program} local up ${info.seedkit}`;
  return `AWS does not answer this request at the moment. ${code}: ${message}`;
}

function describeSilence(info: SeedkitInfo | undefined): string {
  return info === undefined
    ? 'The console does not answer. Is the command still running?'
    : `The console does not answer. If its command has ended, start it again: ${info.servedBy}`;
}
