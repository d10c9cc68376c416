import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { CodeseederError } from '../contract/index.js';
import { openDurableStore, type DurableStore } from './durable/durable-store.js';
import { readRunningPlace } from './running-place.js';

/** The folder of one place, held by this process. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  readonly store: DurableStore;
  /** Lets go of the folder, and removes it if it was made for this place only. */
  release(): Promise<void>;
}

const STORE = 'store';

/**
 * Takes a folder for this process alone.
 *
 * @param folder is made if missing. @default a temporary one that is removed on release
 * @throws CodeseederError `PlaceInUse` when another process has it, `DataFolderNotUsable` when it has other contents
 */
export async function openDataFolder(folder: string | undefined): Promise<DataFolder> {
  const path = folder === undefined ? await mkdtemp(join(tmpdir(), 'codeseeder-')) : resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await refuseForeign(path);
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

async function refuseForeign(path: string): Promise<void> {
  const entries = await readdir(path);
  if (entries.length === 0 || entries.includes(STORE)) return;
  throw new CodeseederError(
    'DataFolderNotUsable',
    `${path} has contents that are not a local place's data; name a folder that is empty or does not exist yet`,
  );
}

async function lock(path: string): Promise<DurableStore> {
  try {
    return await openDurableStore(join(path, STORE));
  } catch (cause) {
    if (!isLocked(cause)) throw cause;
    const pid = (await readRunningPlace(path))?.pid;
    throw new CodeseederError(
      'PlaceInUse',
      `The data folder ${path} is in use by ${pid === undefined ? 'another process' : `the place of process ${pid}`}; end that place or name another folder`,
      { cause },
    );
  }
}

function isLocked(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return ('code' in error && error.code === 'LEVEL_LOCKED') || ('cause' in error && isLocked(error.cause));
}
