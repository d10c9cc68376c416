/**
 * The S3 cache of builds. Each saved cache, called a copy here, is one object: `LOCATION/SCOPE/VERSION/KEY`. LOCATION
 * comes from the project or the request. SCOPE is the cache namespace, or the project's name if there is none.
 * VERSION is a digest of the cached paths, so that builds that cache other paths use other copies.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html
 */
import { createHash } from 'node:crypto';
import { resolve, sep } from 'node:path';

import type { ProjectCache } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { matchFiles } from './artifact-files.js';
import type { BuildspecCache } from './buildspec.js';
import { type CachedFile, readArchive, sizeOfFiles, writeArchive } from './cache-archive.js';
import { locateFile, statOf } from './locate-file.js';
import { splitS3Location } from './source.js';

/** Maximum size of all copies below one location. Beyond it, the oldest copies are removed. */
export const CACHE_MAX_BYTES = 5 * 1024 ** 3;

/** A build with a cache. */
export interface CachedBuild {
  readonly objects: Objects;
  readonly cache: ProjectCache;
  readonly written: BuildspecCache;
  readonly projectName: string;
  readonly sourceFolder: string;
  /**
   * Folder on the machine with the files of this build only. Cached files outside of it are neither restored nor
   * saved.
   */
  readonly ownFolder: string;
  /** Converts a path of the build to its path on the machine. The path must have no links. */
  readonly outside: (path: string) => string;
  /** Replaces variables and commands in a cache key with the build's shell. */
  readonly expand: (text: string) => Promise<string>;
  readonly note: (text: string) => void;
  /** @default CACHE_MAX_BYTES */
  readonly maxBytes?: number;
}

/** The cache of one build, after its keys were computed. */
export interface OpenCache {
  /**
   * Saves the cached files as a copy, unless there is a copy with this key already. A failure is only written to the
   * log.
   */
  save(): Promise<void>;
}

/**
 * Restores the cache of a build. A failure is only written to the log, because a build also works without its cache.
 */
export async function openCache(build: CachedBuild): Promise<OpenCache> {
  const { note, written } = build;
  const keys = await keysOf(build);
  const place = placeOf(build);
  let restored: string | undefined;
  try {
    if (written.action !== 'save') restored = await restore(build, place, keys);
  } catch (error) {
    note(`Unable to restore the cache: ${describe(error)}`);
  }
  return {
    async save() {
      try {
        // A copy with a key never changes. A build without a key replaces the copy that earlier builds without a key
        // saved.
        if (written.action === 'restore' || (keys.key !== undefined && restored === place.prefix + keys.key))
          return;
        await save(build, place, keys);
      } catch (error) {
        note(`Unable to save the cache: ${describe(error)}`);
      }
    },
  };
}

interface Keys {
  readonly key: string | undefined;
  readonly fallback: readonly string[];
}

interface Place {
  readonly bucket: string;
  /** Key prefix of all copies below this location. */
  readonly folder: string;
  /** Key prefix of the copies that this build can use. */
  readonly prefix: string;
}

/** Name of the copy of a build whose buildspec has no key. */
const WITHOUT_KEY = 'cache';

async function keysOf({ written, expand, note }: CachedBuild): Promise<Keys> {
  const all = [written.key, ...written.fallbackKeys].filter((key) => key !== undefined);
  if (all.some((key) => key.includes('codebuild-hash-files'))) {
    note('codebuild-hash-files is not available in the local AWS: a key that contains it is used unexpanded');
  }
  const evaluated = async (key: string) =>
    encodeURIComponent(/[$`]/.test(key) && !key.includes('codebuild-hash-files') ? await expand(key) : key);
  if (written.key === undefined) return { key: undefined, fallback: [] };
  return {
    key: await evaluated(written.key),
    fallback: await Promise.all(written.fallbackKeys.map(evaluated)),
  };
}

function placeOf({ cache, written, projectName }: CachedBuild): Place {
  const { bucket, key } = splitS3Location(cache.location ?? '');
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
  const version = createHash('sha256').update(JSON.stringify(written.paths)).digest('hex').slice(0, 16);
  return { bucket, folder, prefix: `${folder}${cache.cacheNamespace ?? projectName}/${version}/` };
}

/**
 * Restores the first copy that matches.
 * @returns the key of the restored object
 */
async function restore(build: CachedBuild, place: Place, keys: Keys): Promise<string | undefined> {
  const { note, objects } = build;
  const found = await findCopy(objects, place, keys);
  if (found === undefined) {
    note('No cache found');
    return undefined;
  }
  const { body } = await objects.read(place.bucket, found);
  const { files, sizeBytes } = await readArchive(body, (path) => ownLocation(build, path));
  note(`Restored the cache s3://${place.bucket}/${found}: ${files} file(s), ${sizeBytes} bytes`);
  return found;
}

async function findCopy(
  objects: Objects,
  { bucket, prefix }: Place,
  keys: Keys,
): Promise<string | undefined> {
  const exact = prefix + (keys.key ?? WITHOUT_KEY);
  for await (const { key } of objects.list(bucket, exact)) if (key === exact) return key;
  for (const start of keys.fallback) {
    let newest: { key: string; modifiedAtMs: number } | undefined;
    for await (const copy of objects.list(bucket, prefix + start)) {
      if (newest === undefined || copy.modifiedAtMs >= newest.modifiedAtMs) newest = copy;
    }
    if (newest !== undefined) return newest.key;
  }
  return undefined;
}

async function save(build: CachedBuild, place: Place, keys: Keys): Promise<void> {
  const { note, objects, maxBytes = CACHE_MAX_BYTES } = build;
  const files = build.written.paths.flatMap((path) => filesOf(build, path));
  if (files.length === 0) return note('No matching cache paths found: nothing is saved');
  const sizeBytes = sizeOfFiles(files);
  if (sizeBytes > maxBytes) return note(`The cache has ${sizeBytes} bytes, at most ${maxBytes} are saved`);
  const key = place.prefix + (keys.key ?? WITHOUT_KEY);
  // Another build may have saved a copy with this key in the meantime.
  if (keys.key !== undefined && (await findCopy(objects, place, { ...keys, fallback: [] })) !== undefined)
    return;
  await evictOldest(build, place, maxBytes - sizeBytes);
  await objects.write(place.bucket, key, writeArchive(files));
  note(`Saved the cache s3://${place.bucket}/${key}: ${files.length} file(s), ${sizeBytes} bytes`);
}

/** Removes the oldest copies below a location until the remaining ones have at most `keptBytes` bytes. */
async function evictOldest(
  { objects, note }: CachedBuild,
  { bucket, folder }: Place,
  keptBytes: number,
): Promise<void> {
  const copies: { key: string; sizeBytes: number; modifiedAtMs: number }[] = [];
  for await (const copy of objects.list(bucket, folder)) copies.push(copy);
  copies.sort((left, right) => left.modifiedAtMs - right.modifiedAtMs);
  let sizeBytes = copies.reduce((sum, copy) => sum + copy.sizeBytes, 0);
  for (const { key, sizeBytes: bytes } of copies) {
    if (sizeBytes <= keptBytes) return;
    await objects.remove(bucket, key);
    sizeBytes -= bytes;
    note(`Removed the cache s3://${bucket}/${key} to make space`);
  }
}

/**
 * Returns the files that a path of the buildspec matches. Searches the folder that the path names before its first
 * wildcard.
 */
function filesOf(build: CachedBuild, pattern: string): CachedFile[] {
  const names = pattern.split('/');
  const first = names.findIndex((name) => /[*?]/.test(name));
  const fixed = names.slice(0, first < 0 ? -1 : first).join('/');
  const rest = names.slice(first < 0 ? -1 : first).join('/');
  const folder = resolve(build.sourceFolder, fixed === '' && pattern.startsWith('/') ? '/' : fixed);
  const locate = (path: string) => locateFile(path, build.outside);
  if (!isOwn(build, folder) || statOf(folder, locate)?.isDirectory() !== true) return [];
  const found = matchFiles({ folder, locate }, [rest], []);
  const before = fixed === '' ? '' : `${fixed}/`;
  return found.map(({ path, location }) => ({ path: before + path, location }));
}

/** Returns whether a path is inside the folder of the build. Writes a line to the log if it is not. */
function isOwn(build: CachedBuild, path: string): boolean {
  try {
    ownLocation(build, path);
    return true;
  } catch (error) {
    build.note(describe(error));
    return false;
  }
}

function ownLocation({ sourceFolder, ownFolder, outside }: CachedBuild, path: string): string {
  const location = locateFile(resolve(sourceFolder, path), outside);
  if (location.startsWith(ownFolder + sep)) return location;
  throw new Error(
    `The cache path ${path} is neither saved nor restored: in the local AWS it belongs to this machine, not to the build`,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
