import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { lockDataFolder } from '../../../../lib/local/data-folder.js';
import { runMain } from '../a-terminal.js';

let folder: string;
/** Data folder of the local AWS of my-kit. */
let data: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'local-places-'));
  data = path.join(folder, 'codeseeder', 'my-kit');
  for (const name of ['my-kit', 'other']) {
    await mkdir(path.join(folder, 'codeseeder', name), { recursive: true });
    await writeFile(path.join(folder, 'codeseeder', name, 'identity.json'), '{}');
  }
  // Folders without the data of a local AWS, and with a name that no seedkit has.
  await mkdir(path.join(folder, 'codeseeder', 'empty'));
  await mkdir(path.join(folder, 'codeseeder', 'Cache'));
  await writePlace('other', process.pid);
  await mkdir(path.join(folder, 'project'));
  await writeFile(path.join(folder, 'project', 'codeseeder.config.json'), '{"seedkit":"other"}');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes the file of a local AWS that is up. */
function writePlace(seedkit: string, pid: number): Promise<void> {
  return writeFile(
    path.join(folder, 'codeseeder', seedkit, 'place.json'),
    JSON.stringify({
      ...{ endpoint: 'http://127.0.0.1:4711', port: 4711, pid, region: 'eu-west-1' },
      ...{ account: '000000000000', startedAt: '2026-11-30T10:00:00.000Z' },
    }),
  );
}

function run(words: string, environment: Readonly<Record<string, string>> = {}, workingFolder = folder) {
  return runMain(words.split(' '), {
    workingFolder,
    environment: { XDG_STATE_HOME: folder, ...environment },
  });
}

const HERE = 'This machine has the local AWSs of my-kit, other (up).';

describe('the seedkit of `local` commands', () => {
  it('`local env` of a local AWS that is not up names its seedkit once, and the others of this machine', async () => {
    expect(await run('local env my-kit')).toMatchObject({
      exitCode: 2,
      stderr:
        'error: The local AWS of my-kit is not up. This machine has the local AWS of other (up).\nTo start it: codeseeder local up my-kit --detach\n',
    });
  });

  it.each([
    ['the argument', 'local status other', { CODESEEDER_SEEDKIT: 'my-kit' }],
    ['CODESEEDER_SEEDKIT', 'local status', { CODESEEDER_SEEDKIT: 'other' }],
  ])('`local status` uses the seedkit of %s', async (_source, words, environment) => {
    expect(await run(words, environment)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('other is up at http://127.0.0.1:4711'),
      stderr: '',
    });
  });

  it('`local status` uses the seedkit of the config if nothing else names one', async () => {
    expect((await run('local status', {}, path.join(folder, 'project'))).stdout).toContain('other is up');
    expect(
      (await run('local status', { CODESEEDER_SEEDKIT: 'my-kit' }, path.join(folder, 'project'))).stdout,
    ).toBe('my-kit is not up\n');
  });

  it.each(['local status', 'local down', 'local up', 'local env', 'local console'])(
    '`%s` lists the local AWSs if no seedkit is named',
    async (words) => {
      const { exitCode, stdout, stderr } = await run(words);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toBe(
        `error: No seedkit is named. Give its name, set CODESEEDER_SEEDKIT, or name it in codeseeder.config.ts, .js or .json. ${HERE}\n`,
      );
    },
  );
});

describe('a name that no local AWS has', () => {
  it('`local down` fails and lists the local AWSs', async () => {
    expect(await run('local down my-kt')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: There is no local AWS of my-kt. ${HERE}\n`,
    });
  });

  it('`local down` succeeds for a local AWS that is not up', async () => {
    expect(await run('local down my-kit')).toEqual({
      exitCode: 0,
      stdout: 'my-kit was not up\n',
      stderr: `Its data stays in ${data}. To delete it: codeseeder local down my-kit --delete-data\n`,
    });
  });

  it('`local down --delete-data` deletes the data folder and the log beside it', async () => {
    await writeFile(`${data}.log`, '');
    const { exitCode, stderr } = await run('local down my-kit --delete-data');

    expect(exitCode).toBe(0);
    expect(stderr).toBe(`Its data is deleted: ${data}\n`);
    expect((await readdir(path.dirname(data))).filter((name) => name.startsWith('my-kit'))).toEqual([]);
  });

  it('`local down --delete-data` keeps files that are no data of a local AWS, and names them', async () => {
    await writeFile(path.join(data, 'notes.txt'), 'mine');
    const { stderr } = await run('local down my-kit --delete-data');

    expect(stderr).toBe(
      `Its data is deleted: ${data}. Kept, because they are no data of a local AWS: notes.txt\n`,
    );
    expect(await readdir(data)).toEqual(['notes.txt']);
  });

  it('`local down --delete-data` is refused while another process uses the data', async () => {
    const lock = await lockDataFolder(data);
    const { exitCode, stderr } = await run('local down my-kit --delete-data');
    await lock.release();

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`PlaceInUse: The data folder ${data} is in use by another process.`);
    expect(await readdir(data)).toContain('identity.json');
  });

  it('`local down --delete-data` deletes the data once the local AWS that it stopped has released it', async () => {
    const place = path.join(data, 'place.json');
    const program = `process.on('SIGTERM', () => { require('node:fs').rmSync(${JSON.stringify(place)}); process.exit(); }); setInterval(() => {}, 1_000); console.log('up');`;
    const stopped = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(stopped.stdout, 'data');
    await writePlace('my-kit', Number(stopped.pid));
    const lock = await lockDataFolder(data);
    const down = run('local down my-kit --delete-data');
    await once(stopped, 'exit');
    // By then, the command has tried to delete the data.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await lock.release();

    expect(await down).toMatchObject({ exitCode: 0, stdout: 'my-kit is down\n' });
    expect(await readdir(path.dirname(data))).not.toContain('my-kit');
  });

  it('`local down --delete-data --json` has the deleted folder, and refuses a folder with other files', async () => {
    const { stdout } = await run('local down my-kit --delete-data --json');
    const refused = await run(`local down my-kit --delete-data --data ${path.dirname(data)}`);

    expect(JSON.parse(stdout)).toMatchObject({ up: false, deletedData: data });
    expect(refused.exitCode).toBe(2);
    expect(await readdir(path.dirname(data))).toContain('other');
  });

  it('`local down --json` prints that a local AWS was not up', async () => {
    const { stdout } = await run('local down my-kit --json');

    expect(JSON.parse(stdout)).toEqual({ seedkit: 'my-kit', wasUp: false, up: false });
  });

  it('`local down --data` names a folder without data', async () => {
    const { exitCode, stderr } = await run(`local down my-kit --data ${folder}/nowhere`);

    expect(exitCode).toBe(2);
    expect(stderr).toBe(`error: The folder ${folder}/nowhere has no data of a local AWS. Check --data.\n`);
  });

  it('`local status` reports that it is not up, and lists the local AWSs', async () => {
    expect(await run('local status my-kt')).toEqual({
      exitCode: 0,
      stdout: 'my-kt is not up\n',
      stderr: `There is no local AWS of my-kt. ${HERE}\n`,
    });
    expect(await run('local status my-kt --json')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('`local env` names the local AWSs', async () => {
    const { exitCode, stderr } = await run('local env my-kt');

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`is not up. ${HERE}\nTo start it: codeseeder local up my-kt --detach\n`);
  });

  it('`local down` says how to start a local AWS if there is none', async () => {
    const { stderr } = await run('local down my-kt', { XDG_STATE_HOME: path.join(folder, 'nothing') });

    expect(stderr).toContain('This machine has no local AWS. To start one: codeseeder local up NAME');
  });
});
