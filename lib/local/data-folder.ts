import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { LocalAwsError } from './local-aws-error.js';
import { openDurableStore, type DurableStore } from './durable/durable-store.js';
import { readRunningPlace } from './running-place.js';

/** The data folder of a local AWS, locked by this process. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  readonly store: DurableStore;
  /** Unlocks the folder, and removes it if it is temporary. */
  release(): Promise<void>;
}

const STORE = 'store';

/**
 * Opens and locks a data folder.
 *
 * @param folder is created if missing. @default a temporary folder that is removed on release
 * @throws LocalAwsError `PlaceInUse` when another process has locked the folder, `DataFolderNotUsable` when it has
 *   other contents
 */
export async function openDataFolder(folder: string | undefined): Promise<DataFolder> {
  const path = folder === undefined ? await mkdtemp(join(tmpdir(), 'codeseeder-')) : resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await refuseOtherContents(path);
  await chmod(path, 0o700);
  const store = await lock(path);
  return {
    path,
    store,
    async release() {
      await store.close();
      if (folder === undefined) await rm(path, { recursive: true, force: true });
    },
  };
}

async function refuseOtherContents(path: string): Promise<void> {
  const entries = await readdir(path);
  if (entries.length === 0 || entries.includes(STORE)) return;
  throw new LocalAwsError(
    'DataFolderNotUsable',
    `The folder ${path} has contents that are not data of a local AWS. Use a folder that is empty or does not exist yet.`,
  );
}

async function lock(path: string): Promise<DurableStore> {
  try {
    return await openDurableStore(join(path, STORE));
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

function isLocked(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return ('code' in error && error.code === 'LEVEL_LOCKED') || ('cause' in error && isLocked(error.cause));
}
