/**
 * Starts jobs ahead, at most `window` of them, and yields their results in the jobs' order.
 * @throws whatever a job throws, once the jobs before it have ended
 */
export async function* inOrder<T>(jobs: Iterable<() => Promise<T>>, window: number): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  const take = (): Promise<T> | undefined => started.shift();
  for (const job of jobs) {
    const result = job();
    // A job may fail while an earlier one is waited for; its failure is seen in its turn.
    result.catch(() => undefined);
    started.push(result);
    const first = started.length >= window ? take() : undefined;
    if (first !== undefined) yield await first;
  }
  for (let first = take(); first !== undefined; first = take()) yield await first;
}
