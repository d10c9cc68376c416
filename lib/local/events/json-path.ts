/**
 * Returns the steps of a JSON path, or undefined if the path contains anything other than member names and array
 * indexes.
 */
export function parseJsonPath(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  const step = /\.([^.[\]*]+)|\[(\d+)\]|\['([^']+)'\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (match === null) return undefined;
    const [, name, index, quoted] = match;
    steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return steps;
}

/** Returns the value at a JSON path; undefined if there is none. */
export function atJsonPath(value: unknown, path: string): unknown {
  let found = value;
  for (const step of parseJsonPath(path) ?? []) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}
