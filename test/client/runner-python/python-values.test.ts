import { spawnSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import { unpackPythonBundle, type PythonBundle, type PythonCall } from './run-python.js';

let bundle: PythonBundle;

beforeAll(async () => {
  bundle = await unpackPythonBundle(['endings', 'scripts']);
});
afterAll(() => bundle.remove());

/** The value that a function of the fixtures returns. */
async function valueOf(target: string, call: PythonCall = {}): Promise<unknown> {
  const { exitCode, result, stderr } = await bundle.run(target, call);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  if (result?.ok !== true) throw new Error(`no value: ${JSON.stringify(result)}`);
  return result.value;
}

describe('a Python function', () => {
  it('takes arguments and keyword arguments and leaves its value', async () => {
    expect(await valueOf('endings.values:add', { args: [20, 1], kwargs: { times: 2 } })).toBe(42);
  });

  it('is called with what was sent, whatever it is', async () => {
    const value = { ä: ['\u2028', '😀', null, true, 1.5, -3, ''], nested: { deep: [[]] } };

    expect(await valueOf('endings.values:echo', { args: [value] })).toEqual(value);
  });

  it.each([
    ['nothing', null],
    ['pair', { pair: [1, [2, [3]]] }],
    ['ordered', { b: 1, a: 2.5 }],
    ['half_a_pair', 'ä\ud800'],
    ['twice_the_same', [[1], [1]]],
  ])('may return what JSON can carry: %s', async (name, expected) => {
    expect(await valueOf(`endings.values:${name}`)).toEqual(expected);
  });

  it('may be a coroutine', async () => {
    expect(await valueOf('endings.values:later', { args: ['in time'] })).toBe('in time');
  });

  it('may be one of a class', async () => {
    expect(await valueOf('endings.values:Tools.double', { args: [4] })).toBe(8);
  });

  it('sees the module path of its bundle and nothing of the runner', async () => {
    const modules = path.join(bundle.folder, BUNDLE_PATHS.pythonModules);

    expect(await valueOf('endings.values:environment')).toEqual({
      argv: ['endings.values'],
      first: modules,
      runner: [],
    });
  });

  it('is found in a folder that is no package, by the name of its module there or below the folder', async () => {
    expect(await valueOf('tool:name')).toBe('tool');
    expect(await valueOf('scripts.tool:name')).toBe('scripts.tool');
  });

  it('may bring modules with the names of those that the runner needs', async () => {
    expect(await valueOf('scripts.json:name')).toBe("the user's");
    expect(await valueOf('endings.values:where_json_comes_from')).toBe('json');
  });

  it('has all that it printed in the log, in order, before the process ends', async () => {
    const { stdout, exitCode } = await bundle.run('endings.values:prints', {
      args: [20_000],
      variables: { LC_ALL: 'C', PYTHONIOENCODING: '' },
    });

    const lines = stdout.split('\n');
    expect(exitCode).toBe(0);
    expect(lines).toHaveLength(20_002);
    expect(lines[0]).toContain('\\ud800');
    expect([lines[1], lines.at(-2), lines.at(-1)]).toEqual(['line 0', 'line 19999', 'end without a newline']);
  });

  it('does not keep the process by a thread that it left running', async () => {
    expect(await valueOf('endings.values:leaves_a_thread')).toBe('done');
  });

  it('has the exit functions that it registered called', async () => {
    const file = path.join(bundle.folder, 'exited');
    await valueOf('endings.values:registers_exit_function', { args: [file] });

    await expect(access(file)).resolves.toBeUndefined();
  });
});

describe('the runner', () => {
  const pythons = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'].filter(
    (version) => spawnSync(`python${version}`, ['--version']).status === 0,
  );

  it.each([...new Set(['python3', ...pythons.map((version) => `python${version}`)])])(
    'runs with %s',
    async (python) => {
      const value = await valueOf('endings.values:add', { args: [1, 2], python });
      const { result } = await bundle.run('endings.errors:deploy', { args: ['x'], python });

      expect(value).toBe(3);
      expect(result).toMatchObject({
        ok: false,
        error: { name: 'DeployError', cause: { name: 'LookupError' } },
      });
    },
  );
});
