import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

/** A temporary file that nobody finds by a name. It is removed with its process, even one that is killed. */
export interface UnnamedFile {
  /** Fills the file. */
  readonly write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Returns the file's bytes. @param end is exclusive. @default the whole file */
  readonly read: (start?: number, end?: number) => Readable;
  /** Closes the file and removes it. */
  readonly dispose: () => Promise<void>;
}

const CHUNK_BYTES = 64 * 1_024;

/** Opens an empty file on the disk of the temporary folder, for this user alone. */
export async function openUnnamedFile(): Promise<UnnamedFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const handle = await open(path.join(folder, 'file'), 'wx+', 0o600);
    // Where an open file keeps its name, its folder is removed once it is closed.
    await removeFolder().catch(() => undefined);
    return {
      write: (chunks) => writeChunks(handle, chunks),
      read: (start, end) => readChunks(handle, start, end),
      async dispose() {
        await handle.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/**
 * Writes chunks into an empty file, one while the next is made: a chunk is asked for when all but the last are
 * written. Not by `writeFile`: that of Yarn PnP takes no stream
 * for an open file.
 */
export async function writeChunks(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let position = 0;
  let written = Promise.resolve();
  for await (const chunk of chunks) {
    await written;
    written = writeAt(handle, chunk, position);
    // Its failure is seen before the next chunk, or at the end.
    written.catch(() => undefined);
    position += chunk.length;
  }
  await written;
}

/** Writes bytes into a file at a position. */
export async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Returns a part of an open file, which stays open: it may have to be read again. */
export function readChunks(handle: FileHandle, start = 0, end = Infinity): Readable {
  return Readable.from(chunksOf(handle, start, end), { objectMode: false });
}

async function* chunksOf(handle: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end;) {
    const length = Math.min(CHUNK_BYTES, end - position);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(length), position });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
