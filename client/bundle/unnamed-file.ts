import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

/** A temporary file that nobody finds by a name. It goes with its process, one that is killed as well. */
export interface UnnamedFile {
  /** Fills the file. */
  readonly write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** @returns what the file has, from its beginning on */
  readonly read: () => Readable;
  /** Waits for what goes on with the file, and removes it. */
  readonly dispose: () => Promise<void>;
}

const CHUNK_BYTES = 64 * 1_024;

/** @returns an empty file on the disk of the temporary folder, for this user alone */
export async function openUnnamedFile(): Promise<UnnamedFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const handle = await open(path.join(folder, 'file'), 'wx+', 0o600);
    // Where an open file keeps its name, its folder goes once it is closed.
    await removeFolder().catch(() => undefined);
    return {
      write: (chunks) => writeFile(handle, chunks),
      read: () => Readable.from(chunksOf(handle), { objectMode: false }),
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

/** Streams of file handles close them; the file may have to be read again. */
async function* chunksOf(handle: Awaited<ReturnType<typeof open>>): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(CHUNK_BYTES), position });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
