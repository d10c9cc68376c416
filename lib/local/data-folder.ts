import { chmod, lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { damaged } from './durable/damage.js';
import { openDurableStore, type DurableStore } from './durable/durable-store.js';
import { isLocked, lockFolder } from './durable/folder-lock.js';
import { ACKNOWLEDGED_FILE } from './durable/level/acknowledged-file.js';
import { asDataFolderError, LocalAwsError } from './local-aws-error.js';
import { IDENTITY_FILE } from './place-identity.js';
import { readRunningPlace } from './running-place.js';

/** The data folder of a local AWS, locked by this process. */
export interface DataFolder {
  /** Absolute path. */
  readonly path: string;
  readonly store: DurableStore;
  /**
   * Records that all parts exist. A later start then reports a missing part as damage instead of creating an empty
   * one.
   */
  recordParts(): Promise<void>;
  /** Unlocks the folder, and removes it if it is temporary. */
  release(): Promise<void>;
}

export const STORE = 'store';
export const LOCK = 'lock';
/** For each database, the file that records its last acknowledged write. */
export const ACKNOWLEDGED_FILES = [STORE, 'dynamodb'].map((name) => join(name, ACKNOWLEDGED_FILE));
/** Files and folders that the first start of a local AWS creates. */
const PARTS = [
  IDENTITY_FILE,
  ...ACKNOWLEDGED_FILES,
  'dynamodb/CURRENT',
  'logs',
  's3/blobs',
  'codeartifact/blobs',
];

/**
 * Opens and locks a data folder.
 *
 * @param folder is created if missing; by default, a temporary folder that is removed on release
 * @param report receives a message when writes start to fail, and when they succeed again
 * @throws LocalAwsError `PlaceInUse` when another process has locked the folder, `DataFolderNotUsable` when it has
 *   other contents, belongs to another user, or cannot be read or written, `DataFolderDamaged` naming the file
 */
export async function openDataFolder(
  folder: string | undefined,
  report?: (problem: string, cause?: unknown) => void,
): Promise<DataFolder> {
  const path = folder === undefined ? await mkdtemp(join(tmpdir(), 'codeseeder-')) : resolve(folder);
  try {
    return await open(path, folder === undefined, report);
  } catch (error) {
    throw asDataFolderError(path, error);
  }
}

async function open(
  path: string,
  isTemporary: boolean,
  report: ((problem: string, cause?: unknown) => void) | undefined,
): Promise<DataFolder> {
  await makeFolder(path);
  await refuseOtherContents(path);
  await refuseOtherOwner(path);
  await chmod(path, 0o700);
  const lock = await lockDataFolder(path);
  try {
    const store = await openStore(path, report);
    return {
      path,
      store,
      recordParts: () => store.collection<readonly string[]>('data-folder').put('parts', PARTS),
      async release() {
        await store.close();
        await lock.release();
        if (isTemporary) await rm(path, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Returns the recorded files and folders, relative to the data folder. There are none before the first start.
 */
export async function recordedParts(store: DurableStore): Promise<readonly string[]> {
  return (await store.collection<readonly string[]>('data-folder').get('parts')) ?? [];
}

/** Returns whether a folder has data of a local AWS. */
export async function isDataFolder(path: string): Promise<boolean> {
  return (await exists(join(path, STORE))) || (await exists(join(path, IDENTITY_FILE)));
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // With `recursive`, Node.js reports a read-only disk as ENOENT. Without it, the error names the real reason.
    await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

async function refuseOtherContents(path: string): Promise<void> {
  const entries = (await readdir(path)).filter((name) => name !== LOCK);
  if (entries.length === 0 || (await isDataFolder(path))) return;
  throw new LocalAwsError(
    'DataFolderNotUsable',
    `The folder ${path} has contents that are not data of a local AWS. Use a folder that is empty or does not exist yet.`,
  );
}

/**
 * Refuses a folder that another user owns, or that contains another user's files. That user could read the credentials
 * in it, use them to run commands as the user of the local AWS, and replace the code of handlers.
 */
async function refuseOtherOwner(path: string): Promise<void> {
  const own = process.getuid?.();
  if (own === undefined) return;
  for (const entry of [path, ...(await readdir(path)).map((name) => join(path, name))]) {
    const { uid } = await lstat(entry);
    if (uid === own) continue;
    throw new LocalAwsError(
      'DataFolderNotUsable',
      `${entry} belongs to the user with the id ${uid} instead of ${own}, who could run commands as you by its credentials. Use another folder. If you trust that user, change the owner: chown -R ${own} ${path}`,
    );
  }
}

/**
 * Locks a data folder, so that its files can be checked while no database is open.
 * @throws LocalAwsError `PlaceInUse`
 */
export async function lockDataFolder(path: string): Promise<{ release(): Promise<void> }> {
  return inUse(path, () => lockFolder(join(path, LOCK)));
}

async function openStore(
  path: string,
  report?: (problem: string, cause?: unknown) => void,
): Promise<DurableStore> {
  // If there is an identity, there must be a store, because the identity is created after the store.
  if (await exists(join(path, IDENTITY_FILE))) await checkParts(path, [join(STORE, 'CURRENT')]);
  // Checks for missing files before the store is opened, because opening creates them.
  const check = async (store: DurableStore) => checkParts(path, await recordedParts(store));
  const options = report === undefined ? { check } : { check, report };
  // An earlier version of this package may be running, which locks only the store.
  return inUse(path, () => openDurableStore(join(path, STORE), options));
}

async function checkParts(path: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    if (!(await exists(join(path, part)))) throw damaged(path, join(path, part), 'it is missing');
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );
}

async function inUse<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (!isLocked(cause)) throw cause;
    const pid = (await readRunningPlace(path))?.pid;
    throw new LocalAwsError(
      'PlaceInUse',
      `The data folder ${path} is in use by ${pid === undefined ? 'another process' : `the local AWS of process ${pid}`}. End that process or use another folder.`,
      { cause },
    );
  }
}
