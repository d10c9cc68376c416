import { setMaxListeners } from 'node:events';

/** Returns the options with which a signal aborts an SDK call. Any number of calls may share the signal. */
export function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  if (signal === undefined) return {};
  // Each call adds a listener until it ends. Node.js warns about more than ten, which parallel look-ups of layers
  // exceed.
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}
