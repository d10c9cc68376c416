import { createReadStream, createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** A file of a cache. */
export interface CachedFile {
  /** Path in the build: absolute, or relative to the source folder. */
  readonly path: string;
  /** Path of the file on the machine. */
  readonly location: string;
}

interface Header {
  readonly path: string;
  readonly mode: number;
  readonly sizeBytes: number;
}

/**
 * The header's length is written in 8 characters. The maximum length of the header protects against a damaged
 * archive.
 */
const LENGTH_BYTES = 8;
const HEADER_MAX_BYTES = 256 * 1024 ** 2;

/** Returns the total size of files, in bytes. */
export function sizeOfFiles(files: readonly CachedFile[]): number {
  return files.reduce((sum, { location }) => sum + statSync(location).size, 0);
}

/**
 * Returns an archive of files: the length of the list of files, the list as JSON, then the content of each file.
 * Contents are not compressed: caches mostly contain archives, and compressing takes more time than reading a smaller
 * archive saves.
 */
export function writeArchive(files: readonly CachedFile[]): Readable {
  const headers = files.map(({ path, location }): Header => {
    const { mode, size } = statSync(location);
    return { path, mode: mode & 0o777, sizeBytes: size };
  });
  async function* chunks(): AsyncGenerator<Buffer> {
    const list = Buffer.from(JSON.stringify(headers));
    yield Buffer.from(String(list.byteLength).padStart(LENGTH_BYTES, '0'));
    yield list;
    for (const [number, { sizeBytes = 0, path = '' } = {}] of headers.entries()) {
      let left = sizeBytes;
      const { location = '' } = files[number] ?? {};
      for await (const chunk of createReadStream(location) as AsyncIterable<Buffer>) {
        left -= chunk.byteLength;
        if (left < 0) break;
        yield chunk;
      }
      if (left !== 0) throw new Error(`${path} changed while it was read.`);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}

/**
 * Writes the files of an archive.
 * @param locate returns the path of a file on the machine; throws for a path that must not be written
 * @throws Error for a damaged archive
 */
export async function readArchive(
  body: Readable,
  locate: (path: string) => string,
): Promise<{ files: number; sizeBytes: number }> {
  try {
    return await readFiles(new ByteQueue(body), locate);
  } finally {
    // Closes the file behind the stream: reading stops after the last listed file, so the stream may not have ended.
    body.destroy();
  }
}

async function readFiles(
  bytes: ByteQueue,
  locate: (path: string) => string,
): Promise<{ files: number; sizeBytes: number }> {
  const length = Number((await bytes.take(LENGTH_BYTES)).toString());
  if (!(length > 0 && length <= HEADER_MAX_BYTES)) throw new Error('The archive has no list of files.');
  const headers = JSON.parse((await bytes.take(length)).toString()) as Header[];
  let sizeBytes = 0;
  for (const header of headers) {
    const location = locate(header.path);
    mkdirSync(dirname(location), { recursive: true });
    await writeFile(location, header, bytes);
    sizeBytes += header.sizeBytes;
  }
  return { files: headers.length, sizeBytes };
}

async function writeFile(location: string, { mode, sizeBytes }: Header, bytes: ByteQueue): Promise<void> {
  if (sizeBytes === 0) return writeFileSync(location, '', { mode });
  const file = createWriteStream(location, { mode });
  let left = sizeBytes;
  try {
    while (left > 0) {
      const chunk = await bytes.next(left);
      left -= chunk.byteLength;
      if (!file.write(chunk)) await new Promise<void>((resolve) => file.once('drain', resolve));
    }
  } finally {
    file.end();
    await finished(file);
  }
}

/** Reads a stream in pieces of a given size. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #rest: Buffer = Buffer.of();

  constructor(body: Readable) {
    this.#chunks = (body as AsyncIterable<Buffer, undefined>)[Symbol.asyncIterator]();
  }

  /** Returns the next bytes: at least one, at most `most`. */
  async next(most: number): Promise<Buffer> {
    while (this.#rest.byteLength === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true || value === undefined) throw new Error('The archive ends too early.');
      this.#rest = value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.byteLength);
    return taken;
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0; left -= parts.at(-1)?.byteLength ?? 0) parts.push(await this.next(left));
    return Buffer.concat(parts);
  }
}
