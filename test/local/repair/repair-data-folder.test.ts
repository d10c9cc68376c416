import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { repairDataFolder } from '../../../lib/local/repair/repair-data-folder.js';
import { startLocalPlace } from '../../../lib/local/start-place.js';
import { runMain } from '../../client/cli/a-terminal.js';
import {
  damage,
  filesByKind,
  makeData,
  randomFrom,
  readData,
  type Damaging,
  type Reading,
} from '../place/damaged-data.js';

const SEED = Number(process.env['CODESEEDER_DAMAGE_SEED'] ?? 1);

let root: string;
let healthy: string;
let expected: Reading;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'codeseeder-repair-'));
  healthy = join(root, 'healthy');
  await makeData(healthy, () => undefined);
  expected = await readingOf(copyOf(healthy));
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(root, 'copy-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

async function readingOf(dataFolder: string): Promise<Reading> {
  const place = await startLocalPlace({ dataFolder });
  try {
    return await readData(place);
  } finally {
    await place.close();
  }
}

/** Returns what a reading of repaired data has that was never written. Entries of lists may be missing. */
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

/** Returns contents and times of all files but those that a lock or a log of LevelDB changes. */
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
    .flatMap((database) => ['CURRENT', 'MANIFEST', '.ldb', '.log'].map((file) => `${database} ${file}`))
    .concat('s3 blob', 'logs .jsonl', 'identity.json .json')
    .flatMap((kind) => (['flip', 'cut', 'delete'] satisfies Damaging[]).map((how) => ({ kind, how })));

  it.each(cases)(
    'makes a folder start after $how of $kind, keeps what was written, and names what is lost',
    async ({ kind, how }) => {
      const folder = copyOf(healthy);
      const file = filesByKind(folder).get(kind) ?? '';
      damage(join(folder, file), how, randomFrom(SEED));
      const { lost, movedTo } = await repairDataFolder(folder);
      expect(lost.length).toBeGreaterThan(0);
      if (how !== 'delete') expect(existsSync(movedTo ?? '')).toBe(true);
      const reading = await readingOf(folder);
      expect(inventedIn(reading)).toEqual([]);
      // A file holds the data of its own kind at most.
      const others = Object.keys(expected).filter((what) => isApart(what, kind));
      expect(others.filter((what) => reading[what] !== expected[what])).toEqual([]);
      const missing = Object.keys(expected).flatMap((what) => missingIn(what, reading[what]));
      expect(missing.length).toBeLessThanOrEqual(mostMissing(kind, how));
      expect((await repairDataFolder(folder)).lost).toEqual([]);
    },
    60_000,
  );

  it('says that nothing of a healthy folder is damaged, and changes none of its data', async () => {
    const folder = copyOf(healthy);
    const before = snapshot(folder);
    const { exitCode, stdout } = await runMain(['local', 'repair', '--data', folder]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^\S+: nothing is damaged\nKept: \d+ records, 41 DynamoDB entries, 6 objects, 0 package files, 40 log events\.\n$/,
      ),
    });
    expect(snapshot(folder)).toEqual(before);
    expect(await readingOf(folder)).toEqual(expected);
  }, 60_000);

  it('lists on standard output what is lost, also as JSON', async () => {
    const folder = copyOf(healthy);
    const blob = filesByKind(folder).get('s3 blob') ?? '';
    rmSync(join(folder, blob));
    const copy = copyOf(folder);
    const text = await runMain(['local', 'repair', '--data', folder]);
    expect(text).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(
        /: repaired\nKept: .* 5 objects, .*\nLost or damaged \(1\):\n- s3:\/\/bucket.* is missing\n/,
      ),
    });
    const json = await runMain(['local', 'repair', '--data', copy, '--json']);
    expect(json.exitCode).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ dataFolder: copy, kept: { objects: 5 }, lost: [{}] });
  }, 60_000);

  it('refuses a folder that a local AWS uses, one that is not a data folder, and a missing name', async () => {
    const folder = copyOf(healthy);
    const place = await startLocalPlace({ dataFolder: folder });
    try {
      const used = await runMain(['local', 'repair', '--data', folder]);
      expect(used.exitCode).not.toBe(0);
      expect(used.stderr).toContain(`The data folder ${folder} is in use by`);
    } finally {
      await place.close();
    }
    const other = await runMain(['local', 'repair', '--data', root]);
    expect(other.exitCode).not.toBe(0);
    expect(other.stderr).toContain(`The folder ${root} has no data of a local AWS.`);
    const nameless = await runMain(['local', 'repair']);
    expect(nameless.exitCode).toBe(2);
    expect(nameless.stderr).toContain('needs the name of a seedkit, or --data');
  }, 60_000);
});

/** Returns the entries that were written and that a reading of repaired data has not. */
function missingIn(what: string, text: string | undefined): string[] {
  if (what === 'credentials') return [];
  const found = new Set(text?.startsWith('error: ') === true ? [] : listOf(text));
  return listOf(expected[what]).filter((entry) => !found.has(entry));
}

/** Returns the greatest number of entries that damage to one place of a file may cost. */
function mostMissing(kind: string, how: Damaging): number {
  // Other files have all of the data.
  if (/CURRENT|MANIFEST|identity/.test(kind)) return 0;
  if (kind === 's3 blob') return 1;
  // A line feed that is lost joins two lines.
  return kind === 'logs .jsonl' && how === 'flip' ? 2 : Infinity;
}

/** Returns whether data is not in files of a kind. Records of the store name all objects and streams. */
function isApart(what: string, kind: string): boolean {
  if (kind.startsWith('store ')) return what === 'items';
  if (kind.startsWith('dynamodb ')) return what !== 'items';
  if (kind === 's3 blob') return !what.startsWith('object ');
  if (kind === 'logs .jsonl') return what !== 'events';
  return what !== 'credentials';
}
