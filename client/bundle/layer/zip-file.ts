import { rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { Readable } from 'node:stream';

import { openUnnamedFile, readChunks, writeAt, writeChunks } from './unnamed-file.js';
import { temporaryName } from './cache-folder.js';

/** A temporary file for a layer's zip. */
export interface ZipFile {
  readonly write: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  readonly read: (start?: number, end?: number) => Readable;
  /** Appends bytes and renames the file so that later calls find it. If that fails, `dispose` removes the file. */
  readonly keep: (file: string, more: readonly Uint8Array[], position: number) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

/** Opens a file. @param folder folder of the cache in which `keep` may store the file */
export async function openZipFile(folder: string | undefined): Promise<ZipFile> {
  const named = folder === undefined ? undefined : await openNamed(temporaryName(folder));
  if (named !== undefined) return named;
  const file = await openUnnamedFile();
  return { ...file, keep: async () => undefined };
}

async function openNamed(temporary: string): Promise<ZipFile | undefined> {
  const handle = await open(temporary, 'wx+', 0o600).catch(() => undefined);
  if (handle === undefined) return undefined;
  let isKept = false;
  return {
    write: (chunks) => writeChunks(handle, chunks),
    read: (start, end) => readChunks(handle, start, end),
    async keep(file, more, position) {
      try {
        let end = position;
        for (const piece of more) {
          await writeAt(handle, piece, end);
          end += piece.length;
        }
        await rename(temporary, file);
        isKept = true;
      } catch {
        // Ignores errors such as a full disk: the zip is complete, but later calls cannot copy from it.
      }
    },
    async dispose() {
      await handle.close();
      if (!isKept) rmSync(temporary, { force: true });
    },
  };
}
