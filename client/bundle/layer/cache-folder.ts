import { randomUUID } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Name of the environment variable that sets the cache folder. @default a folder in the user's cache folder */
export const CACHE_FOLDER_VARIABLE = 'CODESEEDER_CACHE_DIR';

/** Limits of a part of the cache. */
export interface CacheBounds {
  readonly files: number;
  readonly bytes: number;
}

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const TEMPORARY = '.tmp';
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Returns a folder of the user's cache, and creates it if it is missing. Returns undefined if it cannot be created, or
 * if another user could write to it: packing trusts the files in it.
 */
export function cacheFolder(part: string): string | undefined {
  try {
    const folder = path.join(cacheRoot(), part);
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    return [path.dirname(folder), folder].every(isOwn) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function cacheRoot(): string {
  const { env, platform } = process;
  const configured = env[CACHE_FOLDER_VARIABLE];
  if (configured !== undefined && configured !== '') return path.resolve(configured);
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'codeseeder', 'cache');
  }
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'codeseeder');
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification says to ignore a relative path.
  const caches = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache');
  return path.join(caches, 'codeseeder');
}

function isOwn(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Stores a file in the cache atomically. If that fails, nothing is stored. */
export function keepInCache(folder: string, name: string, pieces: readonly Uint8Array[]): void {
  const temporary = temporaryName(folder);
  try {
    const handle = openSync(temporary, 'wx', OWNER_ONLY_FILE);
    try {
      for (const piece of pieces) writeFileSync(handle, piece);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path.join(folder, name));
  } catch {
    rmSync(temporary, { force: true });
  }
}

/** Returns a new name for a file that is not complete yet. */
export function temporaryName(folder: string): string {
  return path.join(folder, `${randomUUID()}${TEMPORARY}`);
}

/**
 * Updates the time at which a file of the cache was used, at most once an hour. {@link keepWithin} removes the least
 * recently used files first.
 */
export function touch(file: string): void {
  try {
    const { mtimeMs } = statSync(file);
    const now = new Date();
    if (now.getTime() - mtimeMs > DAY_MS / 24) utimesSync(file, now, now);
  } catch {
    // Ignored: the file may have been removed, or its file system may be read-only.
  }
}

/**
 * Removes the least recently used files until the others are within the bounds. Also removes leftovers of killed
 * processes.
 */
export function keepWithin(folder: string, bounds: CacheBounds): void {
  try {
    const files = readdirSync(folder).flatMap((name) => {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ file, name, stats }];
    });
    let bytes = 0;
    let kept = 0;
    for (const { file, name, stats } of files.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)) {
      if (name.endsWith(TEMPORARY)) {
        if (Date.now() - stats.mtimeMs > DAY_MS) rmSync(file, { force: true });
        continue;
      }
      bytes += stats.size;
      kept += 1;
      if (kept > bounds.files || bytes > bounds.bytes) rmSync(file, { force: true });
    }
  } catch {
    // Ignored: another process may remove files at the same time.
  }
}
