import { chmodSync, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buffer, text } from 'node:stream/consumers';

import { fromBufferPromise, openPromise, type Entry, type ZipFile } from 'yauzl';

import { SMALL_FILE_BYTES } from '../durable/small-file.js';

const SYMLINK = 0o120000;
const TYPE_BITS = 0o170000;
const MADE_ON_UNIX = 3;

/** Limits for the contents of one zip. */
export interface ZipLimits {
  /** Unpacked size of all entries together. @default 16 GiB */
  readonly bytes: number;
  /** @default 500000 */
  readonly entries: number;
}

const ZIP_LIMITS: ZipLimits = { bytes: 16 * 1024 ** 3, entries: 500_000 };

/** `exact` restores links and modes of a zip. `plain` writes links as text files and ignores modes. */
export type Unpacking = 'exact' | 'plain';

/** Maximum length of the path that a link points to. */
const LINK_MAX_BYTES = 4096;

interface Link {
  readonly path: string;
  readonly target: string;
}

/**
 * Unpacks a zip into a folder. No entry can be written outside of the folder: names are checked, links must point
 * inside, and links are created last, so that no file is written through a link.
 * @param source path of the zip, or its content
 * @throws Error for a file that is not a zip, has an entry outside of the folder, or exceeds the limits
 */
export async function unpackZip(
  source: string | Buffer,
  folder: string,
  {
    limits = ZIP_LIMITS,
    unpacking = 'exact',
  }: { readonly limits?: ZipLimits; readonly unpacking?: Unpacking } = {},
): Promise<void> {
  const open = { lazyEntries: true, autoClose: false };
  const zip =
    typeof source === 'string' ? await openPromise(source, open) : await fromBufferPromise(source, open);
  const links: Link[] = [];
  let sizeBytes = 0;
  try {
    if (zip.entryCount > limits.entries) throw tooMuch(`${limits.entries} entries`);
    for await (const entry of zip.eachEntry()) {
      // The size in the header can be trusted, because the reader fails if an entry is larger.
      sizeBytes += entry.uncompressedSize;
      if (sizeBytes > limits.bytes) throw tooMuch(`${limits.bytes} bytes`);
      const path = insideOf(folder, entry.fileName);
      const mode = unpacking === 'exact' ? unixMode(entry) : 0o644;
      if (entry.fileName.endsWith('/')) mkdirSync(path, { recursive: true });
      else if ((mode & TYPE_BITS) === SYMLINK) links.push({ path, target: await readTarget(zip, entry) });
      else await writeEntry(zip, entry, path, mode & 0o777);
    }
  } finally {
    zip.close();
  }
  for (const link of links) await makeLink(link, folder);
}

function tooMuch(limit: string): Error {
  return new Error(`The zip has more than ${limit}.`);
}

async function readTarget(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > LINK_MAX_BYTES) throw outsideError(entry.fileName);
  return text(await zip.openReadStreamPromise(entry));
}

/**
 * Creates a link. Refuses a target with `..` after a name, or a link below another link, because the real target
 * would then depend on other links.
 */
async function makeLink({ path, target }: Link, folder: string): Promise<void> {
  const parent = dirname(path);
  const name = relative(folder, path);
  insideOf(folder, relative(folder, resolve(parent, target)));
  const down = target.split('/').findIndex((part) => part !== '..' && part !== '.' && part !== '');
  if (down >= 0 && target.split('/').includes('..', down)) throw outsideError(name);
  await mkdir(parent, { recursive: true });
  const real = join(await realpath(folder), relative(folder, parent));
  if ((await realpath(parent)) !== real) throw outsideError(name);
  await symlink(target, path);
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string, mode: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const content = await zip.openReadStreamPromise(entry);
  if (entry.uncompressedSize > SMALL_FILE_BYTES) await pipeline(content, createWriteStream(path));
  else writeFileSync(path, await buffer(content));
  chmodSync(path, mode === 0 ? 0o644 : mode | 0o400);
}

function unixMode(entry: Entry): number {
  return entry.versionMadeBy >>> 8 === MADE_ON_UNIX ? entry.externalFileAttributes >>> 16 : 0o644;
}

/** Returns a path inside a folder. @throws Error for a name outside the folder */
export function insideOf(folder: string, name: string): string {
  const path = resolve(join(folder, name));
  if (path === folder || path.startsWith(folder + sep)) return path;
  throw outsideError(name);
}

function outsideError(name: string): Error {
  return new Error(`The entry ${JSON.stringify(name)} is outside of the source's folder.`);
}
