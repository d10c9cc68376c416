import { createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

import { openPromise, type Entry, type ZipFile } from 'yauzl';

const SYMLINK = 0o120000;
const TYPE_BITS = 0o170000;
const MADE_ON_UNIX = 3;

/**
 * Unpacks a zip with its modes. No entry leaves the folder: names are checked, and links are made last, so that
 * nothing is written through them.
 * @throws Error for a file that is not a zip or has such an entry
 */
export async function unpackZip(file: string, folder: string): Promise<void> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
  const links: { path: string; target: string }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const path = insideOf(folder, entry.fileName);
      const mode = unixMode(entry);
      if (entry.fileName.endsWith('/')) await mkdir(path, { recursive: true });
      else if ((mode & TYPE_BITS) === SYMLINK) {
        links.push({ path, target: await text(await zip.openReadStreamPromise(entry)) });
      } else await writeEntry(zip, entry, path, mode & 0o777);
    }
  } finally {
    zip.close();
  }
  for (const { path, target } of links) {
    insideOf(folder, relative(folder, resolve(dirname(path), target)));
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  await chmod(path, mode === 0 ? 0o644 : mode | 0o400);
}

function unixMode(entry: Entry): number {
  return entry.versionMadeBy >>> 8 === MADE_ON_UNIX ? entry.externalFileAttributes >>> 16 : 0o644;
}

/** @throws Error when the name leads out of the folder */
export function insideOf(folder: string, name: string): string {
  const path = resolve(join(folder, name));
  if (path === folder || path.startsWith(folder + sep)) return path;
  throw new Error(`The entry ${JSON.stringify(name)} leads out of the source's folder.`);
}
