import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { DurableStore } from '../durable/durable-store.js';
import { changeOfFile, measureFile, type FileChecksum } from '../durable/file-checksum.js';

/** A file of a function's code that was changed after the deployment. */
export interface ChangedCode {
  readonly path: string;
  /** Ends the sentence `<file> is damaged: `. */
  readonly reason: string;
}

/** Checksums of the files of each copy of a function's code, kept in the store. */
export type CodeChecksums = ReturnType<typeof openCodeChecksums>;

/**
 * Opens the checksums in the store.
 * @param folder contains the copies of functions' code
 */
export function openCodeChecksums(store: DurableStore, folder: string) {
  const collection = store.collection<Readonly<Record<string, FileChecksum>>>('lambda-code');
  return {
    /** Records the checksums of a copy's files. @param written folder that has the files now */
    async record(codeFolder: string, written: string): Promise<void> {
      const files: Record<string, FileChecksum> = {};
      for (const entry of await readdir(written, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        files[relative(written, path)] = await measureFile(path);
      }
      await collection.put(codeFolder, files);
    },
    /**
     * Returns the first file of a copy that was changed after the deployment. Ignores files that a handler has added.
     * Copies of earlier versions have no checksums and are not checked.
     */
    async changeOf(codeFolder: string): Promise<ChangedCode | undefined> {
      for (const [name, expected] of Object.entries((await collection.get(codeFolder)) ?? {})) {
        const path = join(folder, codeFolder, name);
        const reason = await changeOfFile(path, expected);
        if (reason !== undefined) return { path, reason };
      }
      return undefined;
    },
    /** Removes the checksums of all copies except the given ones. */
    async keepOnly(codeFolders: ReadonlySet<string>): Promise<void> {
      for await (const [codeFolder] of collection.entries()) {
        if (!codeFolders.has(codeFolder)) await collection.delete(codeFolder);
      }
    },
  };
}
