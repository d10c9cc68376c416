import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { ACKNOWLEDGED_FILES, isDataFolder, lockDataFolder, recordedParts, STORE } from '../data-folder.js';
import { openDurableStore, type DurableStore } from '../durable/durable-store.js';
import { LevelDatabase } from '../durable/level/level-database.js';
import { openStackStore } from '../template/stack-store.js';
import { asDataFolderError, LocalAwsError } from '../local-aws-error.js';
import { IDENTITY_FILE, placeIdentity, readPlaceIdentity } from '../place-identity.js';
import { repairObjects, repairPackages } from './repair-blobs.js';
import { repairFunctions } from './repair-functions.js';
import { repairLogs } from './repair-logs.js';
import type { Loss, Repair, RepairReport } from './repair-report.js';
import { repairDatabase } from './salvage-database.js';

/** Folders that must exist for a local AWS to start. */
const FOLDERS = ['logs', 's3/blobs', 'codeartifact/blobs'];

/**
 * Repairs the data folder of a local AWS that is not running, so that it can start with the data that is still
 * readable. Moves damaged files to a folder `damaged-<time>` in the data folder.
 *
 * @throws LocalAwsError `PlaceInUse` while a local AWS uses the folder, `DataFolderNotUsable` if the folder has no data
 *   of a local AWS, or cannot be read or written
 */
export async function repairDataFolder(folder: string): Promise<RepairReport> {
  const path = resolve(folder);
  if (!(await isDataFolder(path))) {
    throw new LocalAwsError('DataFolderNotUsable', `The folder ${path} has no data of a local AWS.`);
  }
  const lock = await lockDataFolder(path);
  try {
    return await repairLocked(path);
  } catch (error) {
    throw asDataFolderError(path, error);
  } finally {
    await lock.release();
  }
}

async function repairLocked(dataFolder: string): Promise<RepairReport> {
  const lost: Loss[] = [];
  const aside = asideFolder(dataFolder);
  const repair: Repair = {
    dataFolder,
    lose: (subject, reason) => void lost.push({ subject, reason }),
    hasLosses: () => lost.length > 0,
    moveAside: (name) => aside.move(name),
  };
  const hasIdentity = (await readdir(dataFolder)).includes(IDENTITY_FILE);
  const missing = ACKNOWLEDGED_FILES.filter((name) => !existsSync(join(dataFolder, name)));
  await repairDatabase(repair, STORE, hasIdentity);
  const store = await openDurableStore(join(dataFolder, STORE));
  try {
    const parts = await recordedParts(store);
    await repairIdentity(repair, store, parts.includes(IDENTITY_FILE));
    await repairDatabase(repair, 'dynamodb', parts.includes('dynamodb/CURRENT'));
    for (const name of missing) {
      if (parts.includes(name))
        repair.lose(name, 'it is missing. If the local AWS was killed, its last writes may be missing, too');
    }
    for (const folder of FOLDERS) await mkdir(join(dataFolder, folder), { recursive: true });
    await repairFunctions(repair, store);
    const kept = {
      objects: await repairObjects(repair, store),
      packageAssets: await repairPackages(repair, store),
      logEvents: await repairLogs(repair, store),
    };
    await store.close();
    const records = await countKeys(join(dataFolder, STORE));
    const dynamodb = await countKeys(join(dataFolder, 'dynamodb'));
    const report = { dataFolder, kept: { records, dynamodb, ...kept }, lost };
    return aside.isUsed() ? { ...report, movedTo: aside.path } : report;
  } finally {
    await store.close();
  }
}

function asideFolder(dataFolder: string) {
  const path = join(dataFolder, `damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  let isUsed = false;
  return {
    path,
    isUsed: () => isUsed,
    async move(name: string): Promise<void> {
      await mkdir(dirname(join(path, name)), { recursive: true });
      try {
        await rename(join(dataFolder, name), join(path, name));
        isUsed = true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        if (!isUsed) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Creates an identity with new credentials if the existing one cannot be read, or is missing.
 * @param isNeeded whether the store has a record that there was an identity. The record may be lost itself
 */
async function repairIdentity(repair: Repair, store: DurableStore, isNeeded: boolean): Promise<void> {
  const { dataFolder } = repair;
  let isDamaged = false;
  try {
    if ((await readPlaceIdentity(dataFolder)) !== undefined) return;
  } catch (error) {
    if (!(error instanceof LocalAwsError)) throw error;
    isDamaged = true;
  }
  const former = await identityOfStacks(store);
  // Without any trace of an identity, the next start creates the first one.
  if (!isDamaged && !isNeeded && former === undefined) return;
  await repair.moveAside(IDENTITY_FILE);
  const { region, account } = await placeIdentity(dataFolder, former ?? {});
  const reason = 'the credentials are lost; new ones were created';
  repair.lose(
    IDENTITY_FILE,
    former === undefined
      ? `${reason}. Account and region cannot be repaired, because no stack is left that has them: they are ${account} and ${region} now. If they were others, deploy to a new data folder`
      : reason,
  );
}

/** Returns region and account from the id of a deployed stack. @returns undefined without a stack */
async function identityOfStacks(
  store: DurableStore,
): Promise<{ readonly region: string; readonly account: string } | undefined> {
  for (const { stackId } of await openStackStore(store).list()) {
    const [, , , region, account] = stackId.split(':');
    if (region !== undefined && account !== undefined) return { region, account };
  }
  return undefined;
}

async function countKeys(folder: string): Promise<number> {
  const level = await LevelDatabase.open(folder);
  let count = 0;
  for await (const key of level.keys()) count += key === '' ? 0 : 1;
  await level.close();
  return count;
}
