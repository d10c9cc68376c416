import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError, parseWith, type RunCache, runCacheSchema } from '../../lib/contract/index.js';
import { READY, READY_CACHES } from './ready-caches.js';
import type { CacheOption, ReadyCache, RunOptions } from '../run-option-types.js';

/** Hexadecimal digits of a digest in a key. */
const DIGITS = 20;
const HASH = /\{hash:([^{}]*)\}/g;

/** The user's folders and files, in which the files that a key names are searched. */
type Places = Pick<RunOptions, 'dirs' | 'files'>;

/**
 * Returns the cache of a request: ready caches become a key and paths, and the digests of files replace `{hash:FILE}`.
 * @returns undefined for a run without a cache
 * @throws CodeseederError `InvalidRequest` when a file does not exist, or a key or path is not valid
 */
export async function runCache(
  option: CacheOption | undefined,
  places: Places,
): Promise<RunCache | undefined> {
  if (option === undefined || option === false) return undefined;
  const { key, fallbackKeys, paths } = isReadyList(option) ? readyCache(option) : option;
  const written = await withDigests(key, places);
  const fallback =
    fallbackKeys && (await Promise.all(fallbackKeys.map((start) => withDigests(start, places))));
  const cache =
    fallback === undefined ? { key: written, paths } : { key: written, fallbackKeys: fallback, paths };
  return parseWith(runCacheSchema, cache, 'cache of the run');
}

function isReadyList(option: CacheOption): option is readonly ReadyCache[] {
  return Array.isArray(option);
}

function readyCache(names: readonly ReadyCache[]) {
  const unknown = names.find((name) => !Object.hasOwn(READY, name));
  if (unknown !== undefined || names.length === 0) {
    const found = unknown === undefined ? 'an empty list' : JSON.stringify(unknown);
    throw new CodeseederError(
      'InvalidRequest',
      `There is no ready cache ${found}: use ${READY_CACHES.join(', ')}, or { key, paths }. Layers of docker builds go to a registry, with buildx --cache-to.`,
    );
  }
  const distinct = [...new Set(names)];
  const start = `${distinct.join('-')}-`;
  const files = [...new Set(distinct.map((name) => READY[name].file))];
  return {
    key: `${start}{hash:${files.join(',')}}`,
    // An older node_modules is of no use: npm ci removes it.
    fallbackKeys: distinct.includes('node_modules') ? undefined : [start],
    paths: distinct.map((name) => READY[name].path),
  };
}

/** Replaces each `{hash:FILE,FILE}` by a digest of the files. */
async function withDigests(template: string, places: Places): Promise<string> {
  const digests = await Promise.all(
    [...template.matchAll(HASH)].map(([, files = '']) => digestOfFiles(files.split(','), places)),
  );
  return template.replace(HASH, () => digests.shift() ?? '');
}

async function digestOfFiles(files: readonly string[], places: Places): Promise<string> {
  const digests: string[] = [];
  for (const file of files) digests.push(digestOf(await contentOf(file.trim(), places)));
  return digests.length === 1 ? (digests[0] ?? '') : digestOf(digests.join());
}

/** Reads a file of the working folder, else one of the folders and files that the bundle includes. */
async function contentOf(file: string, { dirs = {}, files = {} }: Places): Promise<Buffer> {
  const candidates = [
    path.resolve(file),
    ...Object.entries(files).flatMap(([place, source]) => (place === file ? [path.resolve(source)] : [])),
    ...Object.entries(dirs).flatMap(([name, folder]) => [
      ...(file.startsWith(`${name}/`) ? [path.resolve(folder, file.slice(name.length + 1))] : []),
      path.resolve(folder, file),
    ]),
  ];
  for (const candidate of new Set(candidates)) {
    try {
      return await readFile(candidate);
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new CodeseederError(
    'InvalidRequest',
    `The file ${JSON.stringify(file)} in the key of the cache does not exist: it is not in ${path.resolve()}, nor among dirs and files. Name a file that exists, or use a key without {hash:${file}}.`,
  );
}

function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, DIGITS);
}
