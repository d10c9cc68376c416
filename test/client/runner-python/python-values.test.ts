import { spawnSync } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import { unpackPythonBundle, type PythonBundle, type PythonCall } from './run-python.js';

let bundle: PythonBundle;

beforeAll(async () => {
  bundle = await unpackPythonBundle(['endings', 'scripts']);
});
afterAll(() => bundle.remove());

/** Returns the value that a function of the fixtures returns in the runner. */
async function valueOf(target: string, call: PythonCall = {}): Promise<unknown> {
  const { exitCode, result, stderr } = await bundle.run(target, call);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  if (result?.ok !== true) throw new Error(`no value: ${JSON.stringify(result)}`);
  return result.value;
}

describe('a Python function', () => {
  it('A Python function receives arguments and keyword arguments, and its value is the result', async () => {
    expect(await valueOf('endings.values:add', { args: [20, 1], kwargs: { times: 2 } })).toBe(42);
  });

  it('A Python function receives arbitrary JSON arguments', async () => {
    const value = { ä: ['\u2028', '😀', null, true, 1.5, -3, ''], nested: { deep: [[]] } };

    expect(await valueOf('endings.values:echo', { args: [value] })).toEqual(value);
  });

  it.each([
    ['nothing', null],
    ['pair', { pair: [1, [2, [3]]] }],
    ['ordered', { b: 1, a: 2.5 }],
    ['half_a_pair', 'ä\ud800'],
    ['twice_the_same', [[1], [1]]],
  ])('A Python function may return JSON values: %s', async (name, expected) => {
    expect(await valueOf(`endings.values:${name}`)).toEqual(expected);
  });

  it('A Python function may be a coroutine', async () => {
    expect(await valueOf('endings.values:later', { args: ['in time'] })).toBe('in time');
  });

  it('A Python function may be a member of a class', async () => {
    expect(await valueOf('endings.values:Tools.double', { args: [4] })).toBe(8);
  });

  it('A Python function sees the module path of its bundle and no module of the runner', async () => {
    const modules = path.join(bundle.folder, BUNDLE_PATHS.pythonModules);

    expect(await valueOf('endings.values:environment')).toEqual({
      argv: ['endings.values'],
      first: modules,
      runner: [],
    });
  });

  it('A Python function is found in a folder that is no package, by its module or with the name of the folder', async () => {
    expect(await valueOf('tool:name')).toBe('tool');
    expect(await valueOf('scripts.tool:name')).toBe('scripts.tool');
  });

  it('A Python bundle may have modules with the names of those that the runner needs', async () => {
    expect(await valueOf('scripts.json:name')).toBe("the user's");
    expect(await valueOf('endings.values:where_json_comes_from')).toBe('json');
  });

  it('The log has all output of a Python function in order', async () => {
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

  it('Threads and child processes of a Python function continue after it returned, except daemon threads', async () => {
    const end = await bundle.run('endings.values:leaves_work');

    expect(end).toMatchObject({ exitCode: 0, result: { value: 'done' }, stderr: '' });
    expect(end.stdout.trimEnd().split('\n').sort()).toEqual([
      'done by the child',
      'done by the executor',
      'done by the thread',
    ]);
    expect(await valueOf('endings.values:leaves_a_thread', { args: [true] })).toBe('done');
  });

  it('The Python runner ends open work 60 seconds after the function returned, and names the threads', async () => {
    // Makes timers run a hundred times faster, so that a minute takes 0.6 seconds.
    const quick = [
      'import threading',
      'start = threading.Timer.__init__',
      'threading.Timer.__init__ = lambda timer, seconds, *rest: start(timer, seconds / 100, *rest)',
    ];
    const folder = path.join(bundle.folder, 'quick');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'sitecustomize.py'), quick.join('\n'));
    const end = await bundle.run('endings.values:leaves_a_thread', {
      args: [false],
      variables: { PYTHONPATH: folder },
    });

    expect(end).toMatchObject({
      exitCode: 0,
      result: { value: 'done' },
      stderr:
        'codeseeder: the function returned 60 seconds ago, but its work still goes on (waits) and is ended now. Wait for all work before you return.\n',
    });
  });

  it('The registered exit functions of a Python function are called', async () => {
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
    'The Python runner runs with %s',
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
