/** Does one thing at a time, in the order they were asked for. */
export function turns(): <T>(operate: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (operate) => {
    const turn = last.then(operate);
    last = turn.catch(() => undefined);
    return turn;
  };
}
