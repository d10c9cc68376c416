/** Something that two services need of each other, and that one of them is made before. */
export interface LateBound<T> {
  bind(value: T): void;
  /** @throws Error before it is bound */
  get(): T;
}

export function lateBound<T>(name: string): LateBound<T> {
  let bound: { readonly value: T } | undefined;
  return {
    bind: (value) => void (bound = { value }),
    get() {
      if (bound === undefined) throw new Error(`The local place has no ${name} yet`);
      return bound.value;
    },
  };
}
