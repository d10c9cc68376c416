import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

/** A temporary file without a name. The operating system removes it when the process ends, even if it is killed. */
export interface UnnamedFile {
  /** Writes chunks from the start of the file. */
  readonly write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Returns the bytes of a range. @param end exclusive @default the whole file */
  readonly read: (start?: number, end?: number) => Readable;
  /** Closes the file and removes it. */
  readonly dispose: () => Promise<void>;
}

const CHUNK_BYTES = 64 * 1_024;

/** Opens an empty file in the temporary folder, which only this user can read. */
export async function openUnnamedFile(): Promise<UnnamedFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const handle = await open(path.join(folder, 'file'), 'wx+', 0o600);
    // Fails on Windows, where an open file keeps its name. There, `dispose` removes the folder.
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
 * Writes chunks into an empty file. Requests the next chunk while the last one is written. Does not use `writeFile`,
 * because Yarn PnP's version does not accept a stream for an open file.
 */
export async function writeChunks(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let position = 0;
  let written = Promise.resolve();
  for await (const chunk of chunks) {
    await written;
    written = writeAt(handle, chunk, position);
    // Prevents an unhandled rejection. The error is thrown before the next chunk, or at the end.
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

/** Returns a range of an open file. The file stays open, because an upload may read it again. */
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
