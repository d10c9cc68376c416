import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { sharedValue } from '../shared-value.js';
import { type FoundImport, importsOf } from './import-rules.js';

export const ROOT = path.resolve(import.meta.dirname, '../..');

const FOLDERS = ['bin', 'client', 'examples', 'lambdas', 'lib'];

/** Lists the TypeScript sources of the project, as paths from its root. */
export async function sourceFiles(): Promise<string[]> {
  const listed = await Promise.all(
    FOLDERS.map((folder) => readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true })),
  );
  return listed
    .flat()
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !file.includes('node_modules/'));
}

/**
 * Returns the imports of all source files, in the order of {@link sourceFiles}. The test files of a run share them,
 * because it takes seconds to parse the sources.
 */
export async function importsOfSources(): Promise<FoundImport[]> {
  const files = await sourceFiles();
  return sharedValue('imports of the sources', () =>
    files.flatMap((file) => importsOf(file, readFileSync(path.join(ROOT, file), 'utf8'))),
  );
}
