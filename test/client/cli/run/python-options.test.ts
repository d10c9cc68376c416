import path from 'node:path';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { bucket, resetAccount, mockExecution, states } from '../../mocked-account.js';
import { packedPaths } from '../../packed-paths.js';
import { runMain } from '../a-terminal.js';

const FIXTURES = path.resolve(import.meta.dirname, '../../../fixtures/python');
const RUN = ['run', '--seedkit', 'demo', '--region', 'eu-west-1', '--detach'];

beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

const requested = () =>
  JSON.parse(states.commandCalls(StartExecutionCommand)[0]?.args[0].input.input ?? 'null') as unknown;

describe('codeseeder run MODULE:FUNCTION', () => {
  it('`run MODULE:FUNCTION` starts the function with its arguments, modules and requirements', async () => {
    const { exitCode, stdout } = await runMain([
      ...RUN,
      ...['--local-module', `shop=${FIXTURES}/shop`, '--local-module', `more=${FIXTURES}/scripts`],
      ...['--requirements', `${FIXTURES}/pinned/requirements.txt`],
      ...['--requirements', `${FIXTURES}/empty-requirements.txt`],
      ...['--python-module', 'boto3', '--python-module', 'requests>=2', '--pipx-module', 'black'],
      ...['--python-installer', 'uv', '--timeout', '20'],
      ...['--kwargs', '{"customer":"Ada"}', 'shop.orders:order', '"apple"', '2'],
    ]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(bucket.get(`runs/${stdout.trim()}/input/invocation.json`)?.toString() ?? '')).toEqual({
      kind: 'python',
      target: { module: 'shop.orders', functionName: 'order' },
      args: ['apple', 2],
      kwargs: { customer: 'Ada' },
    });
    expect(requested()).toMatchObject({
      build: {
        pythonModules: ['boto3', 'requests>=2'],
        pipxModules: ['black'],
        pythonInstaller: 'uv',
        timeoutMinutes: 20,
      },
    });
    expect(await packedPaths()).toEqual(
      expect.arrayContaining([
        '.codeseeder/python/modules/more/tool.py',
        '.codeseeder/python/modules/shop/orders.py',
        '.codeseeder/python/requirements/empty-requirements.txt',
        '.codeseeder/python/requirements/pinned/requirements.txt',
      ]),
    );
  });

  it.each([
    [['--kwargs', '[1]', 'shop:f'], '--kwargs takes one JSON object'],
    [['--kwargs', 'dev', 'shop:f'], '--kwargs takes one JSON object'],
    [['--local-module', './shop', 'shop:f'], 'not "./shop". Name it: `--local-module NAME=./shop`.'],
    [['--requirements', 'none.txt', 'shop:f'], '--requirements none.txt does not exist. Check its path'],
    [
      ['--requirements', 'main=a.txt', 'shop:f'],
      '--requirements main=a.txt does not exist. The flag takes a file without a name: `--requirements a.txt`.',
    ],
    [['--requirements', 'requests==2.31', 'shop:f'], 'one requirement: `--python-module requests==2.31`.'],
    [['--requirements', 'boto3', 'shop:f'], 'one requirement: `--python-module boto3`.'],
    [
      ['--requirements', FIXTURES, 'shop:f'],
      `is a folder. Give the file in it, such as \`--requirements ${FIXTURES}/requirements.txt\`.`,
    ],
    [['--python-module', 'boto3', 'a.ts#f'], '--python-module is for a Python function'],
    [['--python-installer', 'conda', 'shop:f'], 'Allowed choices are pip, uv'],
    [['--python-installer', 'uv', 'a.ts#f'], '--python-installer is for a Python function'],
    [['--kwargs', '{}', '--', 'ls'], '--kwargs is for a Python function'],
    [['shop:f', 'dev'], 'Argument 1 is not JSON'],
  ])('`run` refuses the arguments %j', async (args, said) => {
    const { exitCode, stderr } = await runMain([...RUN, ...args]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(said) });
    expect(bucket.size).toBe(0);
  });
});
