import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { projectRootOf } from '../project-root.js';
import { spellingsOfFile } from './module-spellings.js';

/** Specifier under which bundled modules import where their sources are. */
export const PLACES_SPECIFIER = 'codeseeder:places';

/** Variable of each compiled file with its own URL, which `import.meta.url` does not mean in the user's modules. */
export const OUTPUT_URL = 'codeseeder$url';

/** What the module of places has to know. */
export interface PlacesOptions {
  /** The bundle's root as seen from the folder of the bundled output that has the module, such as `../../`. */
  readonly rootFromOutput: string;
  /** Paths below the bundle's root: each compiled module's source, to the file that was made of it. */
  readonly compiled: Readonly<Record<string, string>>;
}

/** The program without its table, which is the same for all bundles. */
let program: Promise<string> | undefined;

/**
 * Returns the text of the module that bundled modules import `meta` and `modulePlace` from.
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

/** Bundled on its own, so that it is no module of the user's. */
async function bundledProgram(): Promise<string> {
  const { build } = await import('esbuild');
  // The built one, so that a bundle does not depend on how this client was started.
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

/** Adds the other paths that code may load each source by. A source's own path counts more than another's. */
export function placesTable(compiled: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const table = new Map(Object.entries(compiled));
  for (const source of Object.keys(compiled).sort())
    for (const spelling of spellingsOfFile(source))
      if (!table.has(spelling)) table.set(spelling, compiled[source] ?? '');
  return Object.fromEntries([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
}
