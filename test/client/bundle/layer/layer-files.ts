import { once } from 'node:events';
import { createCipheriv, createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';

import type { FileEntry, Layer, LayerZip } from '../../../../client/bundle/layer/layer.js';

const run = promisify(execFile);
const openZip = promisify<Buffer, { lazyEntries: boolean }, ZipFile>(fromBuffer);

/** A file of a layer with content in memory. */
export function aFile(path: string, content: string | Uint8Array, mode = 0o644): FileEntry {
  return { kind: 'file', path, mode, content: typeof content === 'string' ? Buffer.from(content) : content };
}

/** Returns bytes that look random. Equal seeds give equal bytes. */
export function randomBytes(length: number, seed = 'seed'): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/**
 * Writes a layer's zip and returns its bytes. Checks them against the size and the checksum that the writer returned.
 */
export async function bytesOf(layer: Layer): Promise<Buffer> {
  const zip = await layer.write();
  try {
    return await checkedBytes(zip);
  } finally {
    await zip.dispose();
  }
}

async function checkedBytes(zip: LayerZip): Promise<Buffer> {
  const bytes = await contentOf(zip.read());
  const checksum = createHash('sha256').update(bytes).digest('base64');
  if (bytes.length !== zip.sizeBytes || checksum !== zip.checksumSha256) {
    throw new Error('The zip has another size or checksum than it says.');
  }
  return bytes;
}

/**
 * Returns the content of a stream. For many small files, `buffer` of node:stream/consumers would take ten times as
 * long.
 */
async function contentOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A file of a zip, as yauzl reads it. */
export interface FoundFile {
  readonly content: Buffer;
  readonly mode: number;
  readonly isStored: boolean;
}

/** Returns the files of a zip by path, without the layer's manifest. */
export async function filesIn(bytes: Buffer): Promise<Record<string, FoundFile>> {
  const zip = await openZip(bytes, { lazyEntries: true });
  const found: Record<string, FoundFile> = {};
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject).on('end', () => resolve());
    zip.on('entry', (entry: Entry) =>
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        contentOf(stream).then((content) => {
          const mode = (entry.externalFileAttributes >>> 16) & 0o777;
          found[entry.fileName] = { content, mode, isStored: entry.compressionMethod === 0 };
          zip.readEntry();
        }, reject);
      }),
    );
    zip.readEntry();
  });
  return Object.fromEntries(Object.entries(found).filter(([path]) => !path.startsWith('.codeseeder/')));
}

/** Returns the paths of a zip's files without their contents, without the layer's manifest. */
export async function pathsIn(bytes: Buffer): Promise<string[]> {
  const zip = await openZip(bytes, { lazyEntries: false });
  const paths: string[] = [];
  zip.on('entry', ({ fileName }: Entry) => paths.push(fileName));
  await once(zip, 'end');
  return paths.filter((path) => !path.startsWith('.codeseeder/'));
}

const PYTHON = `
import hashlib, json, sys, zipfile
zip = zipfile.ZipFile(sys.argv[1])
assert zip.testzip() is None
print(json.dumps({i.filename: [oct(i.external_attr >> 16), hashlib.sha256(zip.read(i)).hexdigest()] for i in zip.infolist()}))`;

/** Returns whether a program is installed. Starts it with arguments such as `--version`. */
export async function hasProgram(name: string, ...args: string[]): Promise<boolean> {
  return run(name, args).then(
    () => true,
    () => false,
  );
}

/** Returns modes and digests as Python's zipfile reads them. */
export async function readByPython(bytes: Buffer, file: string): Promise<Record<string, [string, string]>> {
  await writeFile(file, bytes);
  const { stdout } = await run('python3', ['-c', PYTHON, file], { maxBuffer: 64 * 1024 ** 2 });
  return JSON.parse(stdout) as Record<string, [string, string]>;
}

/** Checks a zip with `unzip -t`. @returns its output */
export async function testByUnzip(bytes: Buffer, file: string): Promise<string> {
  await writeFile(file, bytes);
  const { stdout } = await run('unzip', ['-tqq', file]);
  return stdout;
}
