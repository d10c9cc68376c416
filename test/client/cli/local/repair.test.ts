import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startLocalPlace, type RepairReport } from '../../../../lib/local/index.js';
import {
  damage,
  filesByKind,
  makeData,
  randomFrom,
  readData,
  startOnCopy,
  type Damaging,
  type Reading,
} from '../../../local/place/damaged-data.js';
import { runMain } from '../a-terminal.js';

/** Kinds of files, and the data that their damage can reach. */
const KINDS: Readonly<Record<string, RegExp>> = {
  'store CURRENT': /^$/,
  'store MANIFEST': /^$/,
  // The records of all services but DynamoDB are in the store.
  'store .ldb': /^(parameter|object|events)/,
  'store .log': /^(parameter|object|events)/,
  'dynamodb CURRENT': /^$/,
  'dynamodb MANIFEST': /^$/,
  'dynamodb .ldb': /^items$/,
  'dynamodb .log': /^items$/,
  's3 blob': /^object/,
  'logs .jsonl': /^events$/,
  'identity.json .json': /^credentials$/,
};

/** Kinds of files that are checked when they are read, not at the start. */
const CHECKED_WHEN_READ = ['s3 blob', 'logs .jsonl'];

let data: string;
let expected: Reading;
const folders: string[] = [];

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'codeseeder-repair-'));
  folders.push(folder);
  return folder;
}

function aCopy(): string {
  const copy = aFolder();
  cpSync(data, copy, { recursive: true });
  return copy;
}

async function readFolder(dataFolder: string): Promise<Reading> {
  const place = await startLocalPlace({ dataFolder });
  try {
    return await readData(place);
  } finally {
    await place.close();
  }
}

async function repairAsJson(folder: string): Promise<RepairReport> {
  const { exitCode, stdout, stderr } = await runMain(['local', 'repair', '--data', folder, '--json']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as RepairReport;
}

/** Returns what is read of items or events, which must be some of those that were written. */
function someOf(found: string | undefined, all: string | undefined): boolean {
  if (found === undefined || all === undefined || found.startsWith('error: ')) return true;
  const written = new Set((JSON.parse(all) as unknown[]).map((each) => JSON.stringify(each)));
  return (JSON.parse(found) as unknown[]).every((each) => written.has(JSON.stringify(each)));
}

beforeAll(async () => {
  data = aFolder();
  await makeData(data, () => undefined);
  expected = await readFolder(aCopy());
}, 120_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('codeseeder local repair', () => {
  const cases = Object.entries(KINDS).flatMap(([kind, reach]) =>
    (['flip', 'cut', 'delete'] satisfies Damaging[]).map((how) => ({ kind, how, reach })),
  );
  it.each(cases)(
    '`local repair` keeps what can be read after: $how of $kind',
    async ({ kind, how, reach }) => {
      const folder = aCopy();
      const file = filesByKind(folder).get(kind) ?? kind;
      damage(join(folder, file), how, randomFrom(7));
      const { refused, differs, errors } = await startOnCopy(folder, () => undefined, expected);
      expect(differs).toEqual([]);
      if (!CHECKED_WHEN_READ.includes(kind)) {
        expect(refused?.code).toBe('DataFolderDamaged');
        expect(refused?.message).toMatch(
          kind.endsWith('MANIFEST') ? /\/(MANIFEST-|CURRENT)/ : new RegExp(`/${basename(file)} is damaged: `),
        );
        expect(refused?.message).toContain('`codeseeder local repair --data ');
      } else expect(refused !== undefined || errors.length > 0).toBe(true);

      const { lost, movedTo } = await repairAsJson(folder);
      expect(lost).not.toEqual([]);
      if (how !== 'delete') expect(readdirSync(movedTo ?? '', { recursive: true })).toContain(file);

      const reading = await readFolder(folder);
      const unequal = Object.keys(expected).filter((what) => reading[what] !== expected[what]);
      expect(unequal.filter((what) => !reach.test(what))).toEqual([]);
      for (const what of unequal) {
        if (what === 'items' || what === 'events') expect(someOf(reading[what], expected[what])).toBe(true);
        else if (what !== 'credentials') expect(reading[what]).toMatch(/^error: .*(NotFound|NoSuch)/);
      }
      expect((await repairAsJson(folder)).lost).toEqual([]);
    },
    120_000,
  );

  it.each(['store', 'dynamodb', 'logs', 's3', 'codeartifact'])(
    '`local repair` makes a folder usable again that has lost all of %s',
    async (part) => {
      const folder = aCopy();
      rmSync(join(folder, part), { recursive: true });
      const { refused } = await startOnCopy(folder, () => undefined, expected);
      expect(refused?.code).toBe('DataFolderDamaged');
      await repairAsJson(folder);
      const reading = await readFolder(folder);
      expect(reading['credentials']).toBe(expected['credentials']);
      if (part !== 'store') expect(reading['parameter entry-0']).toBe(expected['parameter entry-0']);
      if (part !== 'dynamodb') expect(reading['items']).toBe(expected['items']);
      expect((await repairAsJson(folder)).lost).toEqual([]);
    },
    120_000,
  );

  it('`local repair` loses nothing of a database that an interrupted repair had written', async () => {
    const folder = aCopy();
    renameSync(join(folder, 'store'), join(folder, 'store.unfinished'));
    await repairAsJson(folder);
    expect(await readFolder(folder)).toEqual(expected);
  });

  it('`local repair` names the object whose content is lost, and where the damaged file is', async () => {
    const folder = aCopy();
    const file = filesByKind(folder).get('s3 blob') ?? '';
    damage(join(folder, file), 'flip', randomFrom(1));
    const { exitCode, stdout, stderr } = await runMain(['local', 'repair', '--data', folder]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [first, kept, lost, object, moved, end] = stdout.split('\n');
    expect(first).toBe(`${folder}: repaired`);
    expect(kept).toMatch(
      /^Kept: \d+ records, \d+ DynamoDB entries, 5 objects, 0 package files, 40 log events\.$/,
    );
    expect(lost).toBe('Lost or damaged (1):');
    expect(object).toMatch(/^- s3:\/\/bucket\/entry-\d+: .*checksum/);
    expect(moved).toMatch(/^The damaged files are in .*\/damaged-\d{4}-[\dTZ-]+\.$/);
    expect(end).toBe('');
  });

  it('`local repair` changes no file with data where nothing is damaged, and says so', async () => {
    const folder = aCopy();
    const { exitCode, stdout } = await runMain(['local', 'repair', '--data', folder]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${folder}: nothing is damaged\nKept: .* 6 objects, .* 40 log events\\.\n$`),
    );
    expect(readdirSync(folder).sort()).toEqual(readdirSync(data).sort());
    expect(await readFolder(folder)).toEqual(expected);
  });

  it('`local repair` refuses a folder that a local AWS uses', async () => {
    const folder = aCopy();
    const place = await startLocalPlace({ dataFolder: folder });
    const { exitCode, stdout, stderr } = await runMain(['local', 'repair', '--data', folder]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(
      `PlaceInUse: The data folder ${folder} is in use by the local AWS of process ${process.pid}`,
    );
    expect(await readData(place)).toEqual(expected);
    await place.close();
  });

  it('`local repair` refuses a folder with other contents, one that does not exist, and no folder', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'package.json'), '{}');
    for (const other of [folder, join(folder, 'none')]) {
      const { exitCode, stderr } = await runMain(['local', 'repair', '--data', other]);
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`DataFolderNotUsable: The folder ${other} has no data of a local AWS.`);
    }
    expect(readdirSync(folder)).toEqual(['package.json']);
    const { exitCode, stderr } = await runMain(['local', 'repair']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('needs the name of a seedkit, or --data with its folder');
  });

  it('`local repair` finds the folder of a seedkit by its name', async () => {
    const state = aFolder();
    mkdirSync(join(state, 'codeseeder'));
    cpSync(data, join(state, 'codeseeder', 'kit'), { recursive: true });
    const { exitCode, stdout } = await runMain(['local', 'repair', 'kit'], {
      environment: { XDG_STATE_HOME: state },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${join(state, 'codeseeder', 'kit')}: nothing is damaged`);
  });
});
