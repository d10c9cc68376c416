import type { PlaceContext } from './place-context.js';

const POLL_INTERVAL_MS = 50;

/**
 * Waits until the local AWS accepts requests. Work that continues after a start waits for this before it calls other
 * services.
 * @returns false when the signal aborts first
 */
export async function whenListening(context: PlaceContext, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      context.endpoint();
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS).unref());
    }
  }
  return false;
}
