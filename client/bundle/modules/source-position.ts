import { SourceMap, type SourceMapPayload } from 'node:module';

/** A position in a text. Both start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Returns a function that converts a position in the compiled text to one in the source.
 * @param map the source map as JSON; without one the text is the source
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
