import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { BuildFailure } from 'esbuild';

import { compileWithMetadata } from './decorator-metadata.js';
import { packFailedAt } from './pack-failed-at.js';
import type { StrippedModule } from './stripped-module.js';

/** Matches the paths of JavaScript files, which have no types to remove. */
const JAVASCRIPT = /\.[cm]?js$/;

/**
 * Reads a module and removes its types. Imports, names and syntax stay as written. Applies the settings of the nearest
 * tsconfig.
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
      // Makes the paths of sources in the map relative to the module's own folder. Nothing is written there.
      outdir: path.dirname(file),
      bundle: false,
      write: false,
      platform: 'node',
      target: 'esnext',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
    });
    const textOf = (isMap: boolean) =>
      outputFiles.find(({ path: output }) => output.endsWith('.map') === isMap)?.text ?? '';
    return { text: textOf(false), map: textOf(true) };
  } catch (cause) {
    const [first] = (cause as Partial<BuildFailure>).errors ?? [];
    throw packFailedAt({ file, line: first?.location?.line }, first?.text ?? String(cause), { cause });
  }
}
