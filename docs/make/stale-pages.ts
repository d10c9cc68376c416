import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { format } from 'oxfmt';

import { configSchemas } from './config-schema.js';
import { eventSchemas } from './event-schemas.js';
import { outputSchemas } from './output-schema.js';
import { referencePages, referenceProgram } from './pages.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The folders of generated files, from the project's root: all their files are generated. */
export const GENERATED_FOLDERS = ['docs/reference', 'schemas'] as const;

/**
 * Compares the pages in docs/reference and the schemas in schemas/ with those that the code gives now.
 *
 * @returns the text of each file that differs, by its path from the project's root; undefined for a file that is not
 * generated
 */
export async function staleFiles(): Promise<ReadonlyMap<string, string | undefined>> {
  const stale = new Map<string, string | undefined>();
  const files = generatedFiles();
  for (const [name, text] of files) {
    const file = path.join(ROOT, name);
    const { code } = await format(file, text);
    if ((await readFile(file, 'utf8').catch(() => '')) !== code) stale.set(name, code);
  }
  for (const folder of GENERATED_FOLDERS) {
    for (const file of await readdir(path.join(ROOT, folder))) {
      if (!files.has(`${folder}/${file}`)) stale.set(`${folder}/${file}`, undefined);
    }
  }
  return stale;
}

function generatedFiles(): ReadonlyMap<string, string> {
  const program = referenceProgram();
  const [pages, schemas] = GENERATED_FOLDERS;
  return new Map([
    ...[...referencePages(program)].map(([file, text]) => [`${pages}/${file}`, text] as const),
    ...[...eventSchemas(program), ...configSchemas(program), ...outputSchemas(program)].map(
      ([file, text]) => [`${schemas}/${file}`, text] as const,
    ),
  ]);
}
