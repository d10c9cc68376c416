import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { ClassicLevel } from 'classic-level';

import { ACKNOWLEDGED_FILE, AcknowledgedFile, readAcknowledged } from '../durable/level/acknowledged-file.js';
import {
  checkDatabase,
  describe,
  lastSequenceIn,
  missingEnd,
  missingFiles,
  readState,
} from '../durable/level/check-database.js';
import { listLevelFiles, type LevelFiles } from '../durable/level/level-files.js';
import { readLogFile, type Damage } from '../durable/level/log-file.js';
import type { ManifestState } from '../durable/level/manifest.js';
import { decodeValue } from '../durable/level/stored-value.js';
import { readTableFile, type Version } from '../durable/level/table-file.js';
import { readWriteBatch } from '../durable/level/write-batch.js';
import { causeOf, LocalAwsError } from '../local-aws-error.js';
import type { Repair } from './repair-report.js';

const BATCH = 1_000;

/**
 * Replaces a damaged database by one with the entries that are still readable.
 *
 * @param name folder of the database, below the data folder
 * @param isNeeded whether the database must exist
 */
export async function repairDatabase(repair: Repair, name: string, isNeeded: boolean): Promise<void> {
  const folder = join(repair.dataFolder, name);
  const repaired = `${folder}.unfinished`;
  // An earlier repair may have been interrupted after it moved the database away. The repaired copy is then complete,
  // because the database is moved only after the copy is written.
  if (!existsSync(folder) && existsSync(repaired)) await rename(repaired, folder);
  if (isNeeded && (await listLevelFiles(folder)).names.length === 0) {
    repair.lose(name, 'all files are missing; it is empty now');
  } else {
    try {
      return await checkDatabase(folder);
    } catch (error) {
      if (!(error instanceof LocalAwsError) || error.code !== 'DataFolderDamaged') throw error;
    }
  }
  const lose: Lose = (path, damage) =>
    repair.lose(join(name, path), typeof damage === 'string' ? damage : describe(damage));
  const newest = await readVersions(folder, lose);
  await rm(repaired, { recursive: true, force: true });
  await writeDatabase(
    repaired,
    validValues(newest, (key, reason) => repair.lose(`${name}: ${key}`, reason)),
  );
  await repair.moveAside(name);
  await rename(repaired, folder);
}

type Lose = (file: string, damage: Damage | string) => void;

/** Returns the newest version of each key in the database's files. */
async function readVersions(folder: string, lose: Lose): Promise<ReadonlyMap<string, Version>> {
  const files = await listLevelFiles(folder);
  const state = await readState(folder, files);
  if (typeof state === 'string') lose('CURRENT', `${state}; all other files are read`);
  else for (const name of missingFiles(files, state)) lose(name, 'it is missing');
  const newest = new Map<string, Version>();
  // Only the manifest has the exact last sequence number, because tables leave out deletions that are no longer
  // needed.
  let lastSequence = typeof state === 'string' ? Infinity : state.lastSequence;
  for await (const version of versionsIn(files, typeof state === 'string' ? undefined : state, lose)) {
    const other = newest.get(version.key);
    if (other === undefined || other.sequence < version.sequence) newest.set(version.key, version);
    lastSequence = Math.max(lastSequence, Number(version.sequence));
  }
  await compareWithAcknowledged(folder, files, lastSequence, lose);
  return newest;
}

async function compareWithAcknowledged(
  folder: string,
  files: LevelFiles,
  lastSequence: number,
  lose: Lose,
): Promise<void> {
  const acknowledged = await readAcknowledged(folder).catch((error: unknown) => {
    if (!(error instanceof LocalAwsError)) throw error;
    lose(
      ACKNOWLEDGED_FILE,
      'its checksum does not match. If the local AWS was killed, its last writes may be missing',
    );
  });
  if (acknowledged === undefined || acknowledged <= lastSequence) return;
  const { name, reason } = missingEnd(files, acknowledged - lastSequence);
  lose(name, reason);
}

/** Yields the versions of keys in all files, or only in the files that `state` lists. */
async function* versionsIn(
  files: LevelFiles,
  state: ManifestState | undefined,
  lose: Lose,
): AsyncGenerator<Version> {
  for (const [number, path] of files.tables) {
    if (state !== undefined && !state.tables.has(number)) continue;
    const { versions, damage } = readTableFile(await readFile(path));
    for (const each of damage) lose(basename(path), each);
    yield* versions;
  }
  for (const [number, path] of files.logs) {
    if (state !== undefined && number < state.logNumber) continue;
    const { records, damage } = readLogFile(await readFile(path));
    for (const each of damage) lose(basename(path), each);
    for (const record of records) yield* changesOf(record, (reason) => lose(basename(path), reason));
  }
}

function changesOf(record: Buffer, lose: (reason: string) => void): Version[] {
  try {
    return readWriteBatch(record);
  } catch (error) {
    lose(causeOf(error));
    return [];
  }
}

/** Yields the values whose checksum matches. Reports the others as lost. */
function* validValues(
  newest: ReadonlyMap<string, Version>,
  lose: (key: string, reason: string) => void,
): Generator<[key: string, value: string]> {
  for (const { key, value } of newest.values()) {
    if (value === undefined) continue;
    try {
      decodeValue(key, value);
    } catch (error) {
      lose(key, causeOf(error));
      continue;
    }
    yield [key, value];
  }
}

async function writeDatabase(folder: string, values: Iterable<[key: string, value: string]>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const level = new ClassicLevel(folder);
  await level.open();
  try {
    let batch: { type: 'put'; key: string; value: string }[] = [];
    for (const [key, value] of values) {
      batch.push({ type: 'put', key, value });
      if (batch.length < BATCH) continue;
      await level.batch(batch);
      batch = [];
    }
    await level.batch(batch, { sync: true });
  } finally {
    await level.close();
  }
  (await AcknowledgedFile.open(folder, await lastSequenceIn(folder))).close();
}
