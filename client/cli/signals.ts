/** Signals that tell a command to end: Ctrl-C, another program, the terminal's going away. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndSignal = (typeof END_SIGNALS)[number];

/** What becomes of the signals of this process. */
export interface Signals {
  /** Aborts at a signal that no command takes for itself. */
  readonly interrupted: AbortSignal;
  /**
   * Takes signals for the caller, from now on.
   * @returns gives them back
   */
  readonly take: (listener: (signal: EndSignal) => void) => () => void;
}

/** @returns the signals, and what delivers one */
export function createSignals(): Signals & { deliver(signal: EndSignal): void } {
  const interruption = new AbortController();
  const takers: ((signal: EndSignal) => void)[] = [];
  return {
    interrupted: interruption.signal,
    take(listener) {
      takers.push(listener);
      return () => void takers.splice(takers.indexOf(listener), 1);
    },
    deliver(signal) {
      const taker = takers.at(-1);
      if (taker === undefined) interruption.abort(new Error(`received ${signal}`));
      else taker(signal);
    },
  };
}

/** Waits for work no longer than until a signal aborts, with whose reason it rejects then. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let told: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    told = () => reject(signal.reason as Error);
    if (signal.aborted) told();
    else signal.addEventListener('abort', told);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (told !== undefined) signal.removeEventListener('abort', told);
  }
}
