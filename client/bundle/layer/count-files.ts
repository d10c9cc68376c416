import { lstatSync, readdirSync } from 'node:fs';

/** Paths as bytes, because names that are not UTF-8 may be among them. */
export interface CountTask {
  readonly paths: readonly Uint8Array[];
}

/** Number and size of the files below the paths. Links count as files. */
export interface CountResult {
  readonly files: number;
  readonly sizeBytes: number;
}

const SEPARATOR = Buffer.from('/');

/** Counts files. What cannot be read, or was removed meanwhile, does not count. */
export function countFiles({ paths }: CountTask): CountResult {
  let files = 0;
  let sizeBytes = 0;
  const pending = paths.map((path) => Buffer.from(path));
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const folder = path;
    const stats = unlessGone(() => lstatSync(folder));
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      const names = unlessGone(() => readdirSync(folder, { encoding: 'buffer' })) ?? [];
      for (const name of names) pending.push(Buffer.concat([folder, SEPARATOR, name]));
    } else {
      files += 1;
      sizeBytes += stats.size;
    }
  }
  return { files, sizeBytes };
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
