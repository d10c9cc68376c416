import type { PlaceContext } from './place-context.js';

/** How often a service looks whether the place listens yet, in milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * Resolves once the place's endpoint is known: work left over from before a restart calls other services.
 * @returns false when the signal aborts first
 */
export async function whenListening(context: PlaceContext, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      context.endpoint();
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
    }
  }
  return false;
}
