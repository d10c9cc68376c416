import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startLocalAws, type RepairReport } from '../../../../lib/local/index.js';
import {
  damage,
  filesByKind,
  makeData,
  randomFrom,
  readData,
  readFolder,
  type Reading,
} from '../../../local/place/damaged-data.js';
import { makeMemoryFolder } from '../../../local/place/memory-folder.js';
import { runMain } from '../a-terminal.js';

let data: string;
let expected: Reading;
const folders: string[] = [];

function aFolder(): string {
  const folder = makeMemoryFolder('codeseeder-repair-');
  folders.push(folder);
  return folder;
}

function aCopy(): string {
  const copy = aFolder();
  cpSync(data, copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  data = aFolder();
  await makeData(data, () => undefined);
  expected = await readFolder(aCopy());
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('codeseeder local repair', () => {
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

  it('`local repair --json` prints what is kept and what is lost', async () => {
    const folder = aCopy();
    rmSync(join(folder, filesByKind(folder).get('s3 blob') ?? ''));
    const { exitCode, stdout, stderr } = await runMain(['local', 'repair', '--data', folder, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const report = JSON.parse(stdout) as RepairReport;
    expect(report).toMatchObject({ dataFolder: folder, kept: { objects: 5, logEvents: 40 } });
    expect(report.lost).toEqual([
      { subject: expect.stringMatching('^s3://bucket/entry-'), reason: expect.stringMatching('is missing$') },
    ]);
  });

  it('`local repair` takes a relative folder from the folder in which the command runs', async () => {
    const folder = aCopy();
    const { exitCode, stdout } = await runMain(['local', 'repair', '--data', `./${basename(folder)}`], {
      workingFolder: dirname(folder),
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${folder}: nothing is damaged`);
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
    const place = await startLocalAws({ dataFolder: folder });
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
    expect(stderr).toContain("needs a seedkit's name, or --data FOLDER");
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
