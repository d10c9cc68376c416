import { CodeseederError } from '../../../lib/contract/index.js';
import type { Check } from '../output-types.js';
import { oneLine } from '../printable.js';

/** A subject, whose results it makes. */
export interface Subject {
  ok(detail: string): Check;
  warning(detail: string, remedy: string): Check;
  problem(detail: string, remedy: string): Check;
  unknown(detail: string, remedy?: string): Check;
}

/** Returns the subject of a check. */
export function subject(id: string, title: string): Subject {
  const checked = (status: Check['status'], detail: string, remedy?: string): Check => ({
    id,
    title,
    status,
    detail: shown(detail),
    remedy: remedy && shown(remedy),
  });
  return {
    ok: (detail) => checked('ok', detail),
    warning: (detail, remedy) => checked('warning', detail, remedy),
    problem: (detail, remedy) => checked('problem', detail, remedy),
    unknown: (detail, remedy) => checked('unknown', detail, remedy),
  };
}

/** Returns a text in one line, without user names and passwords of URLs. The items of a list become sentences. */
function shown(text: string): string {
  return oneLine(text.replaceAll(/\.?\n- /g, '. ').replaceAll(/:\/\/[^/\s@]+@/g, '://'));
}

/** Thrown if a check takes too long. */
export class CheckTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1_000} seconds`);
    this.name = 'TimeoutError';
  }
}

/**
 * Waits for work for a limited time. The signal then aborts, so that requests end.
 * @throws CheckTimeoutError
 */
export async function within<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new CheckTimeoutError(timeoutMs));
      over.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(over.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns whether AWS refused a request because a right is missing. */
export function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return (
    /AccessDenied|Forbidden|NotAuthorized|UnauthorizedOperation/.test(error.name) ||
    $metadata?.httpStatusCode === 403
  );
}

/** Returns the name and the message of an error. */
export function describeProblem(error: unknown): string {
  if (error instanceof CodeseederError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
