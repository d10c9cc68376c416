/** A reference to a value that is known later, such as one of two services that call each other. */
export interface LateBound<T> {
  bind(value: T): void;
  /** @throws Error before `bind` is called */
  get(): T;
}

export function lateBound<T>(name: string): LateBound<T> {
  let bound: { readonly value: T } | undefined;
  return {
    bind: (value) => void (bound = { value }),
    get() {
      if (bound === undefined) throw new Error(`${name} of the local AWS is not there yet`);
      return bound.value;
    },
  };
}
