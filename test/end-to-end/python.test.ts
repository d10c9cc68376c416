import path from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { RemoteError, seedkit, type RunFailedError, type Seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { codeseeder } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/python');
const fixture = (name: string) => path.join(FIXTURES, name);

let place: SharedSeedkit;
let kit: Seedkit;
let python: string;

beforeAll(async () => {
  python = await quickPython();
  place = await sharedSeedkit();
  kit = seedkit(place.name, {
    // Uses no package index, because the packages to install are in the bundle.
    environment: { PIP_NO_INDEX: '1', SHOP: 'corner', TEST_PYTHON: python },
    localModules: { shop: fixture('shop') },
  });
});

/** A requirements file, and the local package to which it refers by path. */
const REQUIREMENTS = {
  requirementsFiles: { 'requirements.txt': fixture('requirements.txt') },
  dirs: { 'vendor/project': fixture('project') },
};

const failureOf = (promise: Promise<unknown>): Promise<RunFailedError> =>
  promise.then(
    (value) => {
      throw new Error(`the run succeeded: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as RunFailedError,
  );

describe('Python functions', () => {
  it('A Python function runs with a local module, a requirements file, keyword arguments, exported variables and a secret', async () => {
    const secret = `codeseeder/${place.name}/shop`;
    await new SecretsManagerClient({}).send(
      new CreateSecretCommand({ Name: secret, SecretString: 'sesame' }),
    );
    const run = await kit.submitPython('shop.orders:order', {
      ...REQUIREMENTS,
      args: ['apple', 14],
      kwargs: { customer: 'Ada', discount: 2 },
      build: {
        environment: { DOOR: { value: secret, type: 'SECRETS_MANAGER' } },
        exportedVariables: ['TOTAL_OF'],
        preExecutionCommands: [
          'export TOTAL_OF="$(python -c "import shop.prices; print(shop.prices.PRICES)")"',
        ],
      },
    });
    const { value, exportedVariables, record } = await run.outcome();

    expect(value).toEqual({ total: 40, note: 'Hello, Ada!', shop: 'corner', knocks: 6, is_in_venv: true });
    expect(exportedVariables).toEqual({ TOTAL_OF: "{'apple': 3}" });
    expect(record).toMatchObject({ kind: 'python', target: 'shop.orders:order', status: 'SUCCEEDED' });
    const lines = [];
    for await (const { message } of run.logs()) lines.push(message);
    expect(lines).toContain('ordering 14 apple');
    expect(lines.join('\n')).not.toContain('sesame');
  });

  it('A Python function that raises gives type, message, cause and the Python traceback', async () => {
    const error = (await failureOf(
      kit.python('shop.orders:overdraw', {
        args: ['Ada'],
        localModules: { greeting: fixture('project') },
      }),
    )) as unknown as RemoteError;

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({
      code: 'RemoteError',
      remoteName: 'OutOfStock',
      message: 'no item for Ada',
      cause: { name: 'KeyError', message: "'nothing'" },
      record: { status: 'FAILED', failure: { phase: 'BUILD' } },
    });
    expect(error.remoteStack).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "shop\/orders\.py", line \d+, in overdraw\n/,
    );
    expect(error.remoteStack).toMatch(/\nshop\.prices\.OutOfStock: no item for Ada$/);
  });

  it('A Python run whose dependencies cannot be installed fails in the install phase', async () => {
    const error = await failureOf(
      kit.python('shop.orders:order', {
        args: ['apple', 1],
        kwargs: { customer: 'Ada' },
        pythonModules: ["nobody-has-this>=1; python_version > '3'"],
      }),
    );

    expect(error.record).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'BuildFailed',
        phase: 'INSTALL',
        message: expect.stringContaining('the Python packages could not be installed'),
      },
    });
    const lines: string[] = [];
    for await (const { message } of (await kit.attach(error.runId)).logs()) lines.push(message);
    expect(lines).toContainEqual(expect.stringMatching(/^ERROR: .*nobody-has-this/));
  });

  it('A Python function that does not exist fails as TargetNotFound', async () => {
    const error = await failureOf(kit.python('returns:take_back', { args: [1] }));

    expect(error).toMatchObject({
      code: 'TargetNotFound',
      message: expect.stringContaining('There is no Python module returns'),
    });
  });
});

describe('`codeseeder run MODULE:FUNCTION`', () => {
  it('`run MODULE:FUNCTION` prints the value that the function returned', async () => {
    const { exitCode, stdout, stderr } = await codeseeder([
      ...['run', '--seedkit', place.name, '--env', 'SHOP=kiosk', '--env', 'PIP_NO_INDEX=1'],
      ...['--env', `TEST_PYTHON=${python}`],
      ...['--local-module', `shop=${fixture('shop')}`, '--local-module', `greeting=${fixture('project')}`],
      ...['--requirements', fixture('empty-requirements.txt'), '--kwargs', '{"customer":"Bob"}'],
      ...['--json', 'shop.orders:order', '"apple"', '1'],
    ]);

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'SUCCEEDED',
      value: { total: 3, note: 'Hello, Bob!', shop: 'kiosk' },
    });
  });
});

describe('Commands with Python', () => {
  it('Commands find the Python modules and tools that the run requests', async () => {
    const { exportedVariables } = await kit.commands(
      ['export GREETING="$(python -c "import greeting_tool as g; print(g.greet(1))")"'],
      {
        pythonModules: ['./vendor/project'],
        dirs: { 'vendor/project': fixture('project') },
        build: { exportedVariables: ['GREETING'] },
      },
    );

    expect(exportedVariables).toEqual({ GREETING: 'Hello, 1!' });
  });
});
