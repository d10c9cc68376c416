import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { packBundle } from '../../../../client/bundle/pack-bundle.js';
import { readBundle } from '../../bundle/read-bundle.js';
import { runMain } from '../a-terminal.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-execute-test-'));
  bundle = path.join(folder, 'bundle');
  const source = path.join(folder, 'project');
  await mkdir(path.join(source, 'shop'), { recursive: true });
  await writeFile(path.join(source, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(source, 'target.ts'), NODE_TARGET);
  await writeFile(path.join(source, 'shop/__init__.py'), PYTHON_TARGET);
  const packed = await packBundle({
    modules: [{ file: path.join(source, 'target.ts') }],
    python: { localModules: { shop: path.join(source, 'shop') }, requirementsFiles: {} },
  });
  for (const [name, { content }] of Object.entries(await readBundle(packed))) {
    await mkdir(path.dirname(path.join(bundle, name)), { recursive: true });
    await writeFile(path.join(bundle, name), content);
  }
  await cp(path.join(ROOT, 'LICENSE'), path.join(bundle, 'LICENSE'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const NODE_TARGET = `
import { writeFileSync } from 'node:fs';
export function greet(name: string) {
  console.log('said by the function');
  writeFileSync(process.env.CODESEEDER_OUTPUT_DIR + '/greeting.txt', name);
  return { greeting: 'hello ' + name };
}
export function fail(): never {
  throw new TypeError('no such thing');
}
export function die(): never {
  process.kill(process.pid, 'SIGKILL');
}
`;
const PYTHON_TARGET = `
def total(*prices, tax=0):
    print("said by the function")
    return sum(prices) + tax
`;

async function execute(invocation: unknown, environment: Readonly<Record<string, string>> = {}) {
  const file = path.join(folder, `${Math.random()}.json`);
  await writeFile(file, typeof invocation === 'string' ? invocation : JSON.stringify(invocation));
  return runMain(['execute', '--args-file', file], {
    workingFolder: bundle,
    environment: { PATH: process.env['PATH'], ...environment },
  });
}
const node = (exportName: string, ...args: unknown[]) => ({
  kind: 'node',
  target: { module: 'target.ts', exportName },
  args,
});

describe('codeseeder execute', () => {
  it('`execute` runs a function of the bundle and prints only its value on standard output', async () => {
    const { exitCode, stdout, stderr } = await execute(node('greet', 'you'));

    expect({ exitCode, value: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      value: { greeting: 'hello you' },
    });
    expect(stderr).toBe('said by the function\n');
    expect(await readFile(path.join(bundle, 'codeseeder-output/greeting.txt'), 'utf8')).toBe('you');
  });

  it("`execute` inside a build keeps the build's result and adds to its output", async () => {
    const output = path.join(folder, 'output');
    await mkdir(output);
    await writeFile(path.join(output, 'result.json'), 'of the run');
    await execute(node('greet', 'you'), { CODESEEDER_OUTPUT_DIR: output });

    expect(await readFile(path.join(output, 'result.json'), 'utf8')).toBe('of the run');
    expect(await readFile(path.join(output, 'greeting.txt'), 'utf8')).toBe('you');
  });

  it('`execute` runs a Python function', async () => {
    const target = { module: 'shop', functionName: 'total' };

    await expect(
      execute({ kind: 'python', target, args: [1, 2], kwargs: { tax: 4 } }),
    ).resolves.toMatchObject({ exitCode: 0, stdout: '7\n', stderr: 'said by the function\n' });
  });

  it('`execute` runs commands in one shell until one fails', async () => {
    const target = ['cd /', 'pwd', 'ls LICENSE 2> /dev/null', 'echo never'];

    await expect(execute({ kind: 'commands', target })).resolves.toMatchObject({
      exitCode: 1,
      stdout: '/\n',
      stderr: 'A command ended with exit code 1.\n',
    });
    await expect(execute({ kind: 'commands', target: ['ls LICENSE'] })).resolves.toMatchObject({
      exitCode: 0,
      stdout: 'LICENSE\n',
    });
  });

  it('`execute` exits with 1 and prints the stack of a thrown error', async () => {
    const { exitCode, stdout, stderr } = await execute(node('fail'));

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/TypeError: no such thing\n\s+at .*target\.ts:9/);
  });

  it('`execute` exits with 1 if the function was killed', async () => {
    await expect(execute(node('die'))).resolves.toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('was ended by a signal and wrote no result'),
    });
  });

  it.each([
    ['that is not JSON', '{', /InvalidRequest: The invocation .* is not JSON/],
    ['of another kind', { kind: 'ruby' }, /InvalidRequest: .*kind/],
  ])('`execute` refuses a file %s', async (_, invocation, message) => {
    await expect(execute(invocation)).resolves.toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(message),
    });
  });

  it('`execute` refuses a missing file, a missing --args-file and a folder that is not a bundle', async () => {
    const file = path.join(folder, 'node.json');
    await writeFile(file, JSON.stringify(node('greet')));
    const inFolder = (...args: string[]) => runMain(['execute', ...args], { workingFolder: folder });

    await expect(inFolder('--args-file', 'none.json')).resolves.toMatchObject({
      exitCode: 2,
      stderr:
        'error: --args-file none.json does not exist. Check its path, which is relative to the working folder.\n',
    });
    await expect(inFolder('--args-file', '.')).resolves.toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/--args-file \. is a folder, not a file\. Check its path/),
    });
    await expect(inFolder()).resolves.toMatchObject({ exitCode: 2 });
    await expect(inFolder('--args-file', 'node.json')).resolves.toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/no .*runner\.mjs\. Change to the folder of an unpacked bundle/),
    });
  });
});
