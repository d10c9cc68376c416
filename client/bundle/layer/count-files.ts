import { lstatSync, readdirSync } from 'node:fs';

/** Paths to count. They are bytes, because names need not be UTF-8. */
export interface CountTask {
  readonly paths: readonly Uint8Array[];
}

/** Number and size of the files below the paths. Links count as files. */
export interface CountResult {
  readonly files: number;
  readonly sizeBytes: number;
}

const SEPARATOR = Buffer.from('/');

/** Counts the files below paths. Skips files that cannot be read or were removed meanwhile. */
export function countFiles({ paths }: CountTask): CountResult {
  let files = 0;
  let sizeBytes = 0;
  const pending = paths.map((path) => Buffer.from(path));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const folder = path;
    const stats = resultOrUndefined(() => lstatSync(folder));
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      const names = resultOrUndefined(() => readdirSync(folder, { encoding: 'buffer' })) ?? [];
      for (const name of names) pending.push(Buffer.concat([folder, SEPARATOR, name]));
    } else {
      files += 1;
      sizeBytes += stats.size;
    }
  }
  return { files, sizeBytes };
}

function resultOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
