import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { BuildFailure } from 'esbuild';

import { compileWithMetadata } from './decorator-metadata.js';
import { packFailedAt } from './pack-failed-at.js';

/** A module as JavaScript, and the source map that leads back; an empty one where the text is the source's own. */
export interface StrippedModule {
  readonly text: string;
  /** JSON. */
  readonly map: string;
  /** The TypeScript, where esbuild can take it as it is. */
  readonly source?: string;
}

/** Sources that are JavaScript already. */
const JAVASCRIPT = /\.[cm]?js$/;

/**
 * Reads a module and strips its types, nothing else: imports, names and syntax stay as they are written. Settings of
 * the nearest tsconfig count.
 *
 * @throws CodeseederError `PackFailed` naming file and line
 */
export async function readStripped(file: string): Promise<StrippedModule> {
  const source = readFileSync(file, 'utf8');
  if (JAVASCRIPT.test(file)) return { text: source, map: '' };
  return compileWithMetadata(file, source) ?? { ...(await stripTypes(file)), source };
}

async function stripTypes(file: string): Promise<StrippedModule> {
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      absWorkingDir: path.dirname(file),
      // Only to make the map's sources count from the module's own folder.
      outdir: path.dirname(file),
      bundle: false,
      write: false,
      platform: 'node',
      target: 'esnext',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
    });
    const [map, code] = outputFiles[0]?.path.endsWith('.map') ? outputFiles : [...outputFiles].reverse();
    return { text: code?.text ?? '', map: map?.text ?? '' };
  } catch (cause) {
    const [first] = (cause as Partial<BuildFailure>).errors ?? [];
    const place = { file, ...(first?.location && { line: first.location.line }) };
    throw packFailedAt(place, first?.text ?? String(cause), { cause });
  }
}
