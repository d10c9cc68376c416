import { setTimeout as sleep } from 'node:timers/promises';

import { httpStatusOf } from '../../lib/contract/index.js';

const PUT_ATTEMPTS = 4;
const RETRY_AFTER_MS = 100;

/**
 * Repeats a failed upload whose body is a stream. The SDK does not retry such a request.
 * @param put sends the stream from its first byte
 */
export async function retryPut<Value>(
  put: () => Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await put();
    } catch (error) {
      if (attempt >= PUT_ATTEMPTS || !isPassing(error)) throw error;
      await sleep(RETRY_AFTER_MS * 2 ** attempt, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof Error && error.name === 'AbortError') return false;
  const status = httpStatusOf(error);
  // Without a status, the connection broke. Status 409 means that another client writes the same key.
  return status === undefined || status === 409 || status === 429 || status >= 500;
}
