import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { DoctorReport, Upgrade } from '../../client/cli/output-types.js';
import { CACHE, COMMAND_LINE, PROJECT, start, type Variables } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

let place: SharedSeedkit;
let folder: string;

beforeAll(async () => {
  place = await sharedSeedkit();
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-setup-'));
  await mkdir(path.join(folder, 'node_modules'));
  await mkdir(path.join(folder, '.git'));
  await symlink(PROJECT, path.join(folder, 'node_modules/codeseeder'));
  await writeFile(
    path.join(folder, 'codeseeder.config.ts'),
    `import { defineConfig } from 'codeseeder/config';
    export default defineConfig({
      environments: {
        here: { seedkit: ${JSON.stringify(place.name)}, options: { labels: { of: 'config' } } },
      },
    });`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a command in the project with the config. */
async function codeseeder(words: readonly string[], variables: Variables = {}) {
  const environment = { CODESEEDER_SEEDKIT: undefined, XDG_CACHE_HOME: CACHE, ...variables };
  return start(process.execPath, [COMMAND_LINE, ...words], environment, folder).ended;
}

describe('A project with a codeseeder.config.ts', () => {
  it('A run takes seedkit and labels from the environment of the config', async () => {
    const { stdout, exitCode } = await codeseeder(['run', '--environment', 'here', '-d', '--', 'true']);
    expect(exitCode).toBe(0);
    const shown = await codeseeder(['runs', 'show', stdout.trim(), '--json'], {
      CODESEEDER_ENVIRONMENT: 'here',
    });

    expect(shown.stdout).toContain('"of": "config"');
  });

  it('`doctor` finds the local AWS, its account and its seedkit', async () => {
    const { stdout } = await codeseeder(['doctor', '--environment', 'here', '--json']);
    const { checks } = JSON.parse(stdout) as DoctorReport;
    const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));

    expect(statuses).toMatchObject({
      config: 'ok',
      'local-aws': 'ok',
      identity: 'ok',
      clock: 'ok',
      seedkit: 'ok',
      version: 'ok',
      'read-rights': 'ok',
    });
    expect(stdout).not.toContain(process.env['AWS_SECRET_ACCESS_KEY']);
  });

  it('`upgrade` finds that the deployed template is the one that it synthesizes', async () => {
    const { stdout, exitCode } = await codeseeder(['upgrade', '--environment', 'here', '--json']);
    const { action, changes, notCompared } = JSON.parse(stdout) as Upgrade;

    expect({ exitCode, action, changes, notCompared }).toEqual({
      exitCode: 0,
      action: 'none',
      changes: { added: [], changed: [], removed: [], others: false },
      notCompared: undefined,
    });
  });
});
