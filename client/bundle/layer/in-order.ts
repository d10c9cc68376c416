/**
 * Runs at most `window` jobs at a time and yields their results in the jobs' order.
 * @throws the error of a job, after the results of the jobs before it
 */
export async function* inOrder<T>(jobs: Iterable<() => Promise<T>>, window: number): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  const take = (): Promise<T> | undefined => started.shift();
  for (const job of jobs) {
    const result = job();
    // Prevents an unhandled rejection if a job fails while an earlier job is awaited. Its error is thrown after the
    // results before it.
    result.catch(() => undefined);
    started.push(result);
    const first = started.length >= window ? take() : undefined;
    if (first !== undefined) yield await first;
  }
  for (let first = take(); first !== undefined; first = take()) yield await first;
}
