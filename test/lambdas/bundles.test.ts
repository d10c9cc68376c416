import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { HANDLER_VARIABLES, HANDLERS } from '../../lib/contract/index.js';

const project = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-bundles-'));

const environment = {
  AWS_REGION: 'us-east-1',
  [HANDLER_VARIABLES.seedkit]: 'demo',
  [HANDLER_VARIABLES.bucket]: 'bucket',
  [HANDLER_VARIABLES.runTable]: 'runs',
  [HANDLER_VARIABLES.eventBus]: 'bus',
  [HANDLER_VARIABLES.stateMachineArn]: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
  [HANDLER_VARIABLES.project]: 'project',
  [HANDLER_VARIABLES.allow]: '{}',
  [HANDLER_VARIABLES.recordExpirationDays]: '365',
  [HANDLER_VARIABLES.bundleExpirationDays]: '30',
  [HANDLER_VARIABLES.hasRegistryCredentials]: 'false',
  [HANDLER_VARIABLES.hasPackages]: 'false',
};

/** Runs plain Node in the folder, with nothing of this project's environment. */
function node(args: string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
}

const load = 'import(process.argv[1]).then(({ handler }) => console.log(typeof handler))';
const bundleOf = (handler: string) =>
  pathToFileURL(path.join(folder, 'dist/lambdas', handler, 'index.mjs')).href;

beforeAll(() => {
  symlinkSync(path.join(project, 'lambdas'), path.join(folder, 'lambdas'));
  mkdirSync(path.join(folder, 'client/runner'), { recursive: true });
  writeFileSync(path.join(folder, 'client/runner/main.ts'), '');
  for (const program of ['client/runner-logins', 'client/runner-python']) {
    mkdirSync(path.join(folder, program), { recursive: true });
  }
  writeFileSync(path.join(folder, 'client/runner-logins/main.ts'), '');
  const bundled = node([path.join(project, 'esbuild.config.mjs')]);
  if (bundled.status !== 0) throw new Error(bundled.stderr);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bundle of a handler', () => {
  it.each(HANDLERS)('%s loads in plain Node with its environment alone', (handler) => {
    const loaded = node(['-e', load, bundleOf(handler)], environment);

    expect(loaded.stderr).not.toMatch(/Error/);
    expect(loaded.stdout).toBe('function\n');
    expect(existsSync(path.join(folder, 'dist/lambdas', handler, 'index.mjs.map'))).toBe(true);
  });

  it('says which variable its environment lacks', () => {
    const loaded = node(['-e', load, bundleOf('start-build')], { AWS_REGION: 'us-east-1' });

    expect(loaded.status).not.toBe(0);
    expect(loaded.stderr).toContain(HANDLER_VARIABLES.runTable);
  });
});
