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

/** Names the folder for what is kept between calls, in place of the one in the user's cache folder. */
export const CACHE_FOLDER_VARIABLE = 'CODESEEDER_CACHE_DIR';

/** How much a part of the cache keeps. */
export interface CacheBounds {
  readonly files: number;
  readonly bytes: number;
}

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const TEMPORARY = '.tmp';
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Returns a folder of the user's cache for this package, and makes it when it is missing. Returns undefined where
 * there can be none, or another user could write to it: what is kept there is trusted.
 */
export function cacheFolder(part: string): string | undefined {
  try {
    const folder = path.join(homeOfCaches(), part);
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    return [path.dirname(folder), folder].every(isOwn) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function homeOfCaches(): string {
  const { env, platform } = process;
  const given = env[CACHE_FOLDER_VARIABLE];
  if (given !== undefined && given !== '') return path.resolve(given);
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'codeseeder', 'cache');
  }
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'codeseeder');
  const xdg = env['XDG_CACHE_HOME'];
  // A relative one counts for nothing, as the XDG specification says.
  const caches = xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache');
  return path.join(caches, 'codeseeder');
}

function isOwn(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Puts a file into the cache, whole at every instant. Where that fails, nothing is kept. */
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

/** Notes that a file of the cache was used, so that others are removed before it. */
export function touch(file: string): void {
  try {
    const { mtimeMs } = statSync(file);
    const now = new Date();
    if (now.getTime() - mtimeMs > DAY_MS / 24) utimesSync(file, now, now);
  } catch {
    // It was removed meanwhile, or belongs to a file system that cannot be written to.
  }
}

/** Removes what was not used for longest, until the rest is within the bounds; and what killed processes left. */
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
    // Another client removes files at the same time.
  }
}
