import { readFileSync } from 'node:fs';
import path from 'node:path';

import { BUNDLE_PATHS } from '../../lib/contract/bundle-paths.js';
import { SOURCE_EXCERPT_MAX } from '../../lib/contract/limits.js';
import type { SourceExcerpt } from '../../lib/contract/run-result.js';

/** A frame of a stack: file, line and column. */
const FRAME = /^\s+at (?:[^(\n]* \()?(\S[^\n]*?):(\d+):(\d+)\)?$/gm;

/**
 * Returns the code in the innermost frame of a stack that is in the user's own modules; undefined if there is none.
 * @param stack with paths relative to the bundle
 */
export function sourceExcerpt(stack: string, bundleFolder: string): SourceExcerpt | undefined {
  const sources = readSources(bundleFolder);
  for (const [, file = '', line = '', column = ''] of stack.matchAll(FRAME)) {
    if (!Object.hasOwn(sources, file)) continue;
    return excerpt(file, sources[file] ?? '', { line: Number(line), column: Number(column) });
  }
  return undefined;
}

function excerpt(
  file: string,
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): SourceExcerpt | undefined {
  const all = text.split(/\r?\n/);
  if (line > all.length) return undefined;
  const before = (SOURCE_EXCERPT_MAX.lines - 1) / 2;
  const firstLine = Math.max(1, line - before);
  const lines = all.slice(firstLine - 1, line + before);
  return { file, line, column, firstLine, lines };
}

/** Reads the sources in the bundle. Bundles that earlier clients packed have none. */
function readSources(bundleFolder: string): Readonly<Record<string, string>> {
  try {
    const text = readFileSync(path.join(bundleFolder, BUNDLE_PATHS.nodeSources), 'utf8');
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}
