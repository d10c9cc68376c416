/** The imports of each module. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Finds circles in an import graph: groups of modules that import each other, directly or through other modules.
 * @returns the modules of each circle, sorted
 * @see https://doi.org/10.1137/0201010 for the algorithm: Tarjan's strongly connected components
 */
export function circlesOf(graph: ImportGraph): string[][] {
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  const visit = (module: string): void => {
    const index = indexes.size;
    indexes.set(module, index);
    lowest.set(module, index);
    stack.push(module);
    for (const imported of graph.get(module) ?? []) {
      if (!indexes.has(imported)) visit(imported);
      if (!stack.includes(imported)) continue;
      lowest.set(module, Math.min(lowest.get(module) ?? index, lowest.get(imported) ?? index));
    }
    if (lowest.get(module) !== index) return;
    const circle = stack.splice(stack.indexOf(module));
    if (circle.length > 1 || graph.get(module)?.includes(module)) circles.push(circle.sort());
  };
  for (const module of graph.keys()) if (!indexes.has(module)) visit(module);
  return circles.sort((a, b) => (a.join() < b.join() ? -1 : 1));
}

/**
 * Returns the import graph of folders for an import graph of files.
 * @param roomOf returns the folder of a file, or the file itself if it is not in a folder
 */
export function contracted(graph: ImportGraph, roomOf: (file: string) => string): ImportGraph {
  const rooms = new Map<string, string[]>();
  for (const [file, imports] of graph) {
    const room = roomOf(file);
    const others = imports.map(roomOf).filter((other) => other !== room);
    rooms.set(room, [...new Set([...(rooms.get(room) ?? []), ...others])]);
  }
  return rooms;
}
