/**
 * Creates a queue that limits the number of builds that run at the same time. Further builds wait, and start in the
 * order in which they were added.
 */
export function createBuildQueue(concurrency: number) {
  const waiting: (() => void)[] = [];
  let running = 0;

  function leave(): void {
    running -= 1;
    waiting.shift()?.();
  }
  function take(): () => void {
    running += 1;
    let isHeld = true;
    return () => {
      if (isHeld) leave();
      isHeld = false;
    };
  }
  return {
    /** Number of builds that wait. */
    get waiting() {
      return waiting.length;
    },
    /**
     * Waits until the build may run.
     * @returns a function to call when the build has ended
     * @throws the signal's reason when it aborts first
     */
    enter(signal: AbortSignal) {
      return new Promise<() => void>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        if (running < concurrency) return resolve(take());
        const admitted = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(take());
        };
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(admitted), 1);
          reject(signal.reason as Error);
        };
        waiting.push(admitted);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
