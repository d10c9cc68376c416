import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join, relative } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { readLogFile } from '../../../lib/local/durable/level/log-file.js';
import { repairDataFolder } from '../../../lib/local/repair/repair-data-folder.js';
import { startLocalAws } from '../../../lib/local/start-local-aws.js';
import {
  damage,
  filesByKind,
  makeData,
  randomFrom,
  readFolder,
  type Damaging,
  type Reading,
} from '../place/damaged-data.js';
import { makeMemoryFolder } from '../place/memory-folder.js';

const SEED = Number(process.env['CODESEEDER_DAMAGE_SEED'] ?? 1);

let healthy: string;
/** A copy of `healthy` from before its local AWS was closed: `kill -9` leaves a folder in this state. */
let killed: string;
let expected: Reading;
let copies: string[] = [];

beforeAll(async () => {
  healthy = makeMemoryFolder('codeseeder-healthy-');
  killed = makeMemoryFolder('codeseeder-killed-');
  await makeData(healthy, () => cpSync(healthy, killed, { recursive: true }));
  expected = await readFolder(copyOf(healthy));
}, 60_000);
afterEach(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  copies = [];
});
afterAll(() => {
  for (const folder of [healthy, killed]) rmSync(folder, { recursive: true, force: true });
});

function copyOf(folder: string): string {
  const copy = makeMemoryFolder('codeseeder-repair-');
  copies.push(copy);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Returns the data after a repair that was never written. Missing list entries are ignored. */
function inventedIn(reading: Reading): string[] {
  return Object.entries(reading).flatMap(([what, text]) => {
    if (text === expected[what] || text.startsWith('error: ') || what === 'credentials') return [];
    const written = new Set(listOf(expected[what]));
    return listOf(text)
      .filter((entry) => !written.has(entry))
      .map((entry) => `${what}: ${entry.slice(0, 200)}`);
  });
}

function listOf(text: string | undefined): string[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.map((entry) => JSON.stringify(entry)) : [JSON.stringify(value)];
}

/**
 * Returns content and modification time of all files, except those that LevelDB changes when a database is only
 * opened.
 */
function snapshot(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || name.startsWith('lock')) continue;
    if (/\/(\d+\.(log|ldb)|MANIFEST-\d+|CURRENT|LOCK|LOG|LOG\.old|sealed\.json)$/.test(name)) continue;
    files[name] = `${statSync(path).mtimeMs} ${readFileSync(path).toString('base64')}`;
  }
  return files;
}

describe('`codeseeder local repair`', () => {
  const cases = ['store', 'dynamodb']
    .flatMap((database) =>
      ['CURRENT', 'MANIFEST', '.ldb', '.log', 'acknowledged'].map((file) => `${database} ${file}`),
    )
    .concat('s3 blob', 'logs .jsonl', 'identity.json .json')
    .flatMap((kind) => (['flip', 'cut', 'delete'] satisfies Damaging[]).map((how) => ({ kind, how })));

  it.each(cases)(
    '`local repair` after $how of $kind makes the folder usable, keeps the other data, and names the lost data',
    async ({ kind, how }) => {
      const folder = copyOf(healthy);
      const file = filesByKind(folder).get(kind) ?? '';
      damage(join(folder, file), how, randomFrom(SEED));
      const { lost, movedTo } = await repairDataFolder(folder);
      expect(lost).not.toEqual([]);
      if (how !== 'delete') expect(readdirSync(movedTo ?? '', { recursive: true })).toContain(file);
      const reading = await readFolder(folder);
      expect(inventedIn(reading)).toEqual([]);
      // Damage to a file must not affect data that is not in this file.
      const others = Object.keys(expected).filter((what) => isApart(what, kind));
      expect(others.filter((what) => reading[what] !== expected[what])).toEqual([]);
      const missing = Object.keys(expected).flatMap((what) => missingIn(what, reading[what]));
      expect(missing.length).toBeLessThanOrEqual(mostMissing(kind, how));
      expect((await repairDataFolder(folder)).lost).toEqual([]);
    },
    60_000,
  );

  it.each(['store', 'dynamodb'])(
    '`local repair` reports missing writes if the log of %s was cut at the end of a record after a kill',
    async (database) => {
      const folder = copyOf(killed);
      const file = filesByKind(folder).get(`${database} .log`) ?? '';
      truncateSync(join(folder, file), endOfRecord(join(folder, file)));
      await expect(startLocalAws({ dataFolder: folder })).rejects.toMatchObject({
        code: 'DataFolderDamaged',
        message: expect.stringMatching(
          `/${file} is damaged: the last \\d+ acknowledged changes are missing\\.`,
        ),
      });
      const { lost, movedTo } = await repairDataFolder(folder);
      expect(lost[0]).toEqual({
        subject: file,
        reason: expect.stringMatching(/^the last \d+ acknowledged changes are missing$/),
      });
      expect(existsSync(join(movedTo ?? '', file))).toBe(true);
      expect(inventedIn(await readFolder(folder))).toEqual([]);
      expect((await repairDataFolder(folder)).lost).toEqual([]);
    },
  );

  it.each(['store', 'dynamodb', 'logs', 's3', 'codeartifact'])(
    '`local repair` makes a folder usable again that has lost all of %s',
    async (part) => {
      const folder = copyOf(healthy);
      rmSync(join(folder, part), { recursive: true });
      await expect(startLocalAws({ dataFolder: folder })).rejects.toMatchObject({
        code: 'DataFolderDamaged',
      });
      await repairDataFolder(folder);
      const reading = await readFolder(folder);
      const others = Object.keys(expected).filter((what) => isApart(what, `${part} `));
      expect(others).toContain('credentials');
      expect(others.filter((what) => reading[what] !== expected[what])).toEqual([]);
      expect((await repairDataFolder(folder)).lost).toEqual([]);
    },
  );

  it('`local repair` keeps all data of a database that an interrupted repair had written', async () => {
    const folder = copyOf(healthy);
    renameSync(join(folder, 'store'), join(folder, 'store.unfinished'));
    await repairDataFolder(folder);
    expect(await readFolder(folder)).toEqual(expected);
  });

  it('`local repair` reports no damage for an intact folder or one of a killed process, and changes no data', async () => {
    const folder = copyOf(healthy);
    const before = snapshot(folder);
    const report = await repairDataFolder(folder);
    expect(report).toMatchObject({ kept: { dynamodb: 41, objects: 6, logEvents: 40 }, lost: [] });
    expect(report.movedTo).toBeUndefined();
    expect(snapshot(folder)).toEqual(before);
    expect(await readFolder(folder)).toEqual(expected);
    expect(await repairDataFolder(copyOf(killed))).toMatchObject({ kept: report.kept, lost: [] });
  });
});

/** Returns the end of a record in the middle of a log. */
function endOfRecord(path: string): number {
  const content = readFileSync(path);
  return readLogFile(content.subarray(0, Math.floor(content.length / 2))).validBytes;
}

/** Returns the written entries that are missing after the repair. */
function missingIn(what: string, text: string | undefined): string[] {
  if (what === 'credentials') return [];
  const found = new Set(text?.startsWith('error: ') === true ? [] : listOf(text));
  return listOf(expected[what]).filter((entry) => !found.has(entry));
}

/** Returns the maximum number of entries that may be missing after damage to one position of a file. */
function mostMissing(kind: string, how: Damaging): number {
  // These files contain no entries, so nothing may be missing.
  if (/CURRENT|MANIFEST|acknowledged|identity/.test(kind)) return 0;
  if (kind === 's3 blob') return 1;
  // If a line feed is changed, two lines become one.
  return kind === 'logs .jsonl' && how === 'flip' ? 2 : Infinity;
}

/**
 * Returns whether files of this type contain none of the given data. Records in the store refer to all objects and
 * streams.
 */
function isApart(what: string, kind: string): boolean {
  if (what === 'credentials') return !kind.startsWith('identity');
  if (kind.startsWith('store ')) return what === 'items';
  if (kind.startsWith('dynamodb ')) return what !== 'items';
  if (kind.startsWith('s3 ')) return !what.startsWith('object ');
  return kind.startsWith('logs ') ? what !== 'events' : true;
}
