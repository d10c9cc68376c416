import { setMaxListeners } from 'node:events';

/** Returns the options with which a signal aborts an SDK call. Any number of calls may share the signal. */
export function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  if (signal === undefined) return {};
  // Each call listens until it is over. Node.js warns of more than ten listeners, as for the look-ups of twelve layers.
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}
