import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { damaged } from '../damage.js';
import { changeOfFile, measureFile, type FileChecksum } from '../file-checksum.js';
import { ACKNOWLEDGED_FILE } from './acknowledged-file.js';
import { listLevelFiles } from './level-files.js';

const FILE = 'sealed.json';

type Seal = Readonly<Record<string, FileChecksum>>;

/**
 * Writes the seal of a closed database: a file with the sizes and checksums of all its files. The next start compares
 * them, and so detects any change, including a truncated file.
 */
export async function seal(folder: string): Promise<void> {
  const files: Record<string, FileChecksum> = {};
  const { names } = await listLevelFiles(folder);
  for (const name of [...names, ACKNOWLEDGED_FILE]) {
    if (existsSync(join(folder, name))) files[name] = await measureFile(join(folder, name));
  }
  const text = JSON.stringify(files);
  await writeFile(join(folder, FILE), JSON.stringify({ files, crc32: crc32(text) }));
}

/** Removes the seal. Called before the files change. */
export async function breakSeal(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

/**
 * Compares a database with its seal.
 * @returns whether the database has a valid seal, and was not opened since the seal was written
 * @throws LocalAwsError `DataFolderDamaged` naming a file that differs or is missing
 */
export async function checkSeal(folder: string): Promise<boolean> {
  const sealed = await readSeal(folder);
  if (sealed === undefined || (await wasOpenedSince(folder, sealed))) return false;
  for (const [name, expected] of Object.entries(sealed)) {
    const path = join(folder, name);
    const reason = await changeOfFile(path, expected);
    if (reason !== undefined) throw damaged(dirname(folder), path, reason);
  }
  return true;
}

/**
 * Reads the seal.
 * @returns undefined if the seal is missing or damaged. The files are then checked one by one
 */
async function readSeal(folder: string): Promise<Seal | undefined> {
  try {
    const { files, crc32: expected } = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as {
      files: Seal;
      crc32: number;
    };
    const isSound = crc32(JSON.stringify(files)) === expected;
    return isSound && Object.keys(files).every((name) => basename(name) === name) ? files : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Returns whether the database was opened after the seal was written. Only an earlier version of this package opens a
 * database without removing the seal. Opening starts a new manifest, which the seal does not list.
 */
async function wasOpenedSince(folder: string, sealed: Seal): Promise<boolean> {
  const { manifests, hasCurrent } = await listLevelFiles(folder);
  if (!hasCurrent) return false;
  const name = (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd();
  return sealed[name] === undefined && manifests.includes(join(folder, name));
}
