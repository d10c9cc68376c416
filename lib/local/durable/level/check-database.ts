import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { causeOf } from '../../local-aws-error.js';
import { damaged } from '../damage.js';
import { ACKNOWLEDGED_FILE, readAcknowledged } from './acknowledged-file.js';
import { listLevelFiles, type LevelFiles } from './level-files.js';
import { readLogFile, type Damage } from './log-file.js';
import { readManifest, type ManifestState } from './manifest.js';
import { checkSeal } from './seal.js';
import { readTableFile } from './table-file.js';
import { readWriteBatch } from './write-batch.js';

/**
 * Checks the files of a database that is not open. LevelDB does not report damage: it skips data that it cannot read,
 * and creates an empty database if the file CURRENT is missing.
 *
 * @throws LocalAwsError `DataFolderDamaged` naming the file
 */
export async function checkDatabase(folder: string): Promise<void> {
  if (await checkSeal(folder)) return;
  const acknowledged = (await readAcknowledged(folder)) ?? 0;
  const files = await listLevelFiles(folder);
  if (isUnfinished(files) && acknowledged === 0) return;
  const state = await readState(folder, files);
  if (typeof state === 'string') throw damaged(dirname(folder), join(folder, 'CURRENT'), state);
  for await (const { name, reason } of faultsOf(files, state, acknowledged)) {
    throw damaged(dirname(folder), join(folder, name), reason);
  }
}

interface Fault {
  /** Name of the damaged file. */
  readonly name: string;
  readonly reason: string;
}

/** Yields each log and table that is missing or damaged. */
async function* faultsOf(
  files: LevelFiles,
  state: ManifestState,
  acknowledged: number,
): AsyncGenerator<Fault> {
  for (const name of missingFiles(files, state)) yield { name, reason: 'it is missing' };
  let { lastSequence } = state;
  for (const [number, path] of files.logs) {
    if (number < state.logNumber) continue;
    const { records, damage } = readLogFile(await readFile(path));
    const changes = readChanges(records);
    const [first = changes.damage] = damage;
    if (first !== undefined) yield { name: basename(path), reason: describe(first) };
    lastSequence = Math.max(lastSequence, changes.lastSequence);
  }
  if (lastSequence < acknowledged) yield missingEnd(files, acknowledged - lastSequence);
  yield* faultsOfTables(files, state);
}

async function* faultsOfTables(files: LevelFiles, state: ManifestState): AsyncGenerator<Fault> {
  for (const [number, path] of files.tables) {
    const sizeBytes = state.tables.get(number);
    if (sizeBytes === undefined) continue;
    const content = await readFile(path);
    const [first] = readTableFile(content).damage;
    if (content.length !== sizeBytes) {
      yield { name: basename(path), reason: `it has ${content.length} bytes instead of ${sizeBytes}` };
    } else if (first !== undefined) yield { name: basename(path), reason: describe(first) };
  }
}

/**
 * Returns the fault of a database whose log ends before the last acknowledged change.
 * @param changes number of changes that are missing
 */
export function missingEnd({ logs }: LevelFiles, changes: number): Fault {
  const newest = [...logs.values()].at(-1) ?? ACKNOWLEDGED_FILE;
  return { name: basename(newest), reason: missingChanges(changes) };
}

export function missingChanges(count: number): string {
  return `the last ${count === 1 ? 'acknowledged change is' : `${count} acknowledged changes are`} missing`;
}

/**
 * Returns the sequence number of the last change in a database.
 * @throws LocalAwsError `DataFolderDamaged`
 */
export async function lastSequenceIn(folder: string): Promise<number> {
  const files = await listLevelFiles(folder);
  const state = await readState(folder, files);
  if (typeof state === 'string') throw damaged(dirname(folder), join(folder, 'CURRENT'), state);
  let { lastSequence } = state;
  for (const path of files.logs.values()) {
    const changes = readChanges(readLogFile(await readFile(path)).records);
    lastSequence = Math.max(lastSequence, changes.lastSequence);
  }
  return lastSequence;
}

/** Returns the names of files that the manifest lists and that are missing in the folder. */
export function missingFiles(files: LevelFiles, { logNumber, tables }: ManifestState): string[] {
  const missing = [...tables.keys()].filter((number) => !files.tables.has(number));
  const names = missing.map((number) => `${String(number).padStart(6, '0')}.ldb`);
  if (logNumber === 0 || files.logs.has(logNumber)) return names;
  return [`${String(logNumber).padStart(6, '0')}.log`, ...names];
}

/** Returns whether a database has no data, for example because its creation was interrupted. */
function isUnfinished({ names }: LevelFiles): boolean {
  return names.every((name) => name === 'MANIFEST-000001');
}

/**
 * Reads the manifest that CURRENT names. If its last record is incomplete, because writing it failed, ignores this
 * record: the files that it would have replaced still exist.
 * @returns a text with the problem if the manifest cannot be read
 */
export async function readState(folder: string, files: LevelFiles): Promise<ManifestState | string> {
  if (!files.hasCurrent) return 'it is missing';
  const line = await readFile(join(folder, 'CURRENT'), 'latin1');
  const name = line.trimEnd();
  if (!line.endsWith('\n')) return 'its end is missing';
  if (!files.manifests.includes(join(folder, name)))
    return `it names ${JSON.stringify(name)}, which does not exist`;
  const content = await readFile(join(folder, name));
  const { records, damage } = readLogFile(content);
  const [first] = damage;
  if (first !== undefined && first.offset + first.lengthBytes < content.length) {
    return `it names ${name}, where ${describe(first)}`;
  }
  if (records.length === 0) return `it names ${name}, which contains no record`;
  try {
    const state = readManifest(records);
    const isWhole =
      first === undefined || [...files.tables.keys()].every((number) => state.tables.has(number));
    return isWhole ? state : `it names ${name}, whose end is missing`;
  } catch (error) {
    return `it names ${name}, where ${causeOf(error)}`;
  }
}

/** Returns the highest sequence number in the records of a log, and the first invalid record. */
function readChanges(records: readonly Buffer[]): {
  readonly lastSequence: number;
  readonly damage: Damage | undefined;
} {
  let lastSequence = 0;
  for (const record of records) {
    try {
      const last = readWriteBatch(record).at(-1);
      lastSequence = Math.max(lastSequence, Number(last?.sequence ?? 0));
    } catch (error) {
      return { lastSequence, damage: { offset: 0, lengthBytes: record.length, reason: causeOf(error) } };
    }
  }
  return { lastSequence, damage: undefined };
}

/** Returns the end of the sentence `<file> is damaged: ` for a damaged part of a file. */
export function describe({ offset, lengthBytes, reason }: Damage): string {
  return `${reason} (${lengthBytes} bytes at ${offset})`;
}
