import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { projectRootOf } from '../files/project-root.js';
import { spellingsOfFile } from './module-spellings.js';

/** Specifier of the virtual module with which bundled modules look up the paths of their sources. */
export const PLACES_SPECIFIER = 'codeseeder:places';

/**
 * Variable of each compiled file with its own URL. The `import.meta` of the user's modules is replaced, so it does not
 * have this URL.
 */
export const OUTPUT_URL = 'codeseeder$url';

/** The data of the virtual module. */
export interface PlacesOptions {
  /** The bundle's root relative to the folder of compiled modules, such as `../../`. */
  readonly rootFromOutput: string;
  /** Source of each compiled module -> compiled file, both as paths in the bundle. */
  readonly compiled: Readonly<Record<string, string>>;
}

/** The text of the virtual module without its table, which is the same for all bundles. */
let program: Promise<string> | undefined;

/**
 * Returns the text of the virtual module, from which bundled modules import `meta` and `modulePlace`.
 * @see client/in-build/module-places.ts
 */
export async function placesModule({ rootFromOutput, compiled }: PlacesOptions): Promise<string> {
  program ??= bundledProgram();
  return [
    await program,
    `const places = createPlaces(new URL(${JSON.stringify(rootFromOutput)}, ${OUTPUT_URL}), ${JSON.stringify(placesTable(compiled))});`,
    'export const { meta, modulePlace } = places;',
    '',
  ].join('\n');
}

/** Bundles the program separately, so that esbuild does not treat it as one of the user's modules. */
async function bundledProgram(): Promise<string> {
  const { build } = await import('esbuild');
  // Uses the file in `dist`, so that a bundle is the same when the client runs from its TypeScript sources.
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [path.join(packageFolder, 'dist', 'client', 'in-build', 'module-places.js')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    keepNames: true,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** Adds the other paths under which code may load each source, except for paths of other sources. */
export function placesTable(compiled: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const table = new Map(Object.entries(compiled));
  for (const source of Object.keys(compiled).sort())
    for (const spelling of spellingsOfFile(source))
      if (!table.has(spelling)) table.set(spelling, compiled[source] ?? '');
  return Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
}
