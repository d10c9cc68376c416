import { isDenied, within } from './check.js';

const TIMEOUT_MS = 6_000;

/** A right, and a read that needs it. */
export type Read = readonly [right: string, read: (abortSignal: AbortSignal) => Promise<unknown>];

/** Makes reads, and returns the rights that are missing. A read that fails for another reason shows none. */
export async function deniedOf(reads: readonly Read[]): Promise<string[]> {
  const denied = await Promise.all(
    reads.map(async ([right, read]) => {
      try {
        await within(TIMEOUT_MS, read);
        return [];
      } catch (error) {
        return isDenied(error) ? [right] : [];
      }
    }),
  );
  return denied.flat();
}
