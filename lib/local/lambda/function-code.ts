import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { unpackZip } from '../codebuild/zip-source.js';
import { damaged } from '../durable/damage.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { openCodeChecksums } from './code-checksums.js';
import { linkSdk } from './link-sdk.js';

/** Folder with copies of functions' code, below the data folder. */
export const CODE_FOLDER = join('lambda', 'code');

/** Source of a function's code. */
export type CodeSource =
  | { readonly inline: string }
  | { readonly folder: string }
  | { readonly zip: () => Promise<Readable>; readonly bucket: string; readonly key: string };

export interface KeptCode {
  /** Folder name below the code folder. */
  readonly codeFolder: string;
  /** SHA-256 of the names and bytes of all files, in Base64. */
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
}

/**
 * Copies functions' code into the data folder, so that building an asset again does not change deployed functions.
 */
export type CodeKeeper = Awaited<ReturnType<typeof openCodeKeeper>>;

/**
 * Opens the folder of copies.
 * @param inUse folders of the functions that exist; all others are removed
 * @throws LocalAwsError `DataFolderDamaged` naming a file of a copy that was changed after the deployment
 */
export async function openCodeKeeper({ dataFolder, store }: PlaceContext, inUse: ReadonlySet<string>) {
  const folder = join(dataFolder, CODE_FOLDER);
  const checksums = openCodeChecksums(store, folder);
  await checksums.keepOnly(inUse);
  for (const codeFolder of inUse) {
    const changed = await checksums.changeOf(codeFolder);
    if (changed !== undefined) throw damaged(dataFolder, changed.path, changed.reason);
  }
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !inUse.has(entry.name)) {
      await rm(join(folder, entry.name), { recursive: true, force: true });
    }
  }
  // Node.js searches for package.json in parent folders. Without this file, it could find one with type "module" in a
  // project that contains the data folder.
  await writeFile(join(folder, 'package.json'), '{}\n');
  // The loop above has removed the links of an earlier start.
  await linkSdk(folder);
  return {
    path: (codeFolder: string) => join(folder, codeFolder),
    keep: async (functionName: string, source: CodeSource): Promise<KeptCode> => {
      const codeFolder = `${functionName}-${randomUUID()}`;
      const unfinished = join(folder, `${codeFolder}.unfinished`);
      await mkdir(unfinished);
      if ('inline' in source) await writeFile(join(unfinished, 'index.js'), source.inline);
      else if ('folder' in source) await copyAsset(source.folder, unfinished);
      else await unpackObject(source, unfinished);
      const measured = await measure(unfinished);
      await checksums.record(codeFolder, unfinished);
      await rename(unfinished, join(folder, codeFolder));
      return { codeFolder, ...measured };
    },
  };
}

async function unpackObject(
  { zip, bucket, key }: Extract<CodeSource, { zip: unknown }>,
  to: string,
): Promise<void> {
  const file = `${to}.zip`;
  try {
    await pipeline(await zip(), createWriteStream(file));
    await unpackZip(file, to);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new AwsError(
      'InvalidParameterValueException',
      name.startsWith('NoSuch')
        ? `Error occurred while GetObject. S3 Error Code: ${name}. S3 Error Message: ${message} (${bucket}/${key})`
        : `Could not unzip uploaded file ${bucket}/${key}: ${message}`,
    );
  } finally {
    await rm(file, { force: true });
  }
}

async function copyAsset(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, dereference: true });
  } catch (error) {
    throw new AwsError(
      'InvalidParameterValueException',
      `The function's code could not be copied from ${from}: ${String(error)}`,
    );
  }
}

async function measure(folder: string): Promise<{ codeSha256: string; codeSizeBytes: number }> {
  const hash = createHash('sha256');
  let codeSizeBytes = 0;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    const bytes = await readFile(file);
    codeSizeBytes += bytes.length;
    hash.update(`${relative(folder, file)}\u0000${bytes.length}\u0000`).update(bytes);
  }
  return { codeSha256: hash.digest('base64'), codeSizeBytes };
}
