/**
 * A reference to a value that is set later. Two services that call each other need it, because one of them is created
 * first.
 */
export type LateBound<T> = ReturnType<typeof lateBound<T>>;

export function lateBound<T>(name: string) {
  let bound: { readonly value: T } | undefined;
  return {
    bind: (value: T) => void (bound = { value }),
    /** Returns the value. @throws Error before `bind` is called */
    get(): T {
      if (bound === undefined) throw new Error(`${name} of the local AWS is not set yet`);
      return bound.value;
    },
  };
}
