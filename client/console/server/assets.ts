import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { CodeseederError } from '../../../lib/contract/index.js';
import { projectRootOf } from '../../bundle/files/project-root.js';

/** A file of the pages. */
export interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the files of the pages, by name. `npm run build` of this package makes them.
 * @throws CodeseederError `InvalidRequest` if this package is a clone that was not built
 */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const folder = path.join(packageFolder, 'dist', 'console');
  const names = await readdir(folder).catch((cause: unknown) => {
    const message = `${folder} is missing. In a clone of codeseeder, run npm run build.`;
    throw new CodeseederError('InvalidRequest', message, { cause });
  });
  const assets = names.flatMap((name) => {
    const type = TYPES[path.extname(name)];
    return type === undefined ? [] : [readAsset(name, path.join(folder, name), type)];
  });
  return new Map(await Promise.all(assets));
}

async function readAsset(name: string, file: string, type: string): Promise<[string, Asset]> {
  return [name, { type, content: await readFile(file) }];
}
