import { SourceMap, type SourceMapPayload } from 'node:module';

/** A place in a text. Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Returns a function that finds the place in the source of a place in the compiled text.
 * @param map the source map as esbuild writes it, JSON; without one the text is the source
 */
export function sourcePositions(map: string | undefined): (compiled: Position) => Position {
  if (map === undefined || map === '') return (compiled) => compiled;
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload);
  return (compiled) => {
    const entry = sourceMap.findEntry(compiled.line - 1, compiled.column - 1);
    return 'originalLine' in entry
      ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
      : compiled;
  };
}
