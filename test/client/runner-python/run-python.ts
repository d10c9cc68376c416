import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { BUILD_VARIABLES, BUNDLE_PATHS, RESULT_FILE, type RunResult } from '../../../lib/contract/index.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
export const RUNNER_SOURCE = path.join(REPOSITORY, 'client/runner-python');
export const FIXTURES = path.join(REPOSITORY, 'test/fixtures/python');

/** Exit code, output and result of the runner. */
export interface RunnerEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Content of `result.json`; undefined if the file does not exist. */
  readonly result: RunResult | undefined;
  /** Names of the files in the output folder. */
  readonly output: readonly string[];
}

export interface PythonCall {
  readonly args?: readonly unknown[];
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** Path of the interpreter. @default `python3` of the machine */
  readonly python?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface PythonBundle {
  readonly folder: string;
  /** Runs a function. @param target `module:function` */
  run(target: string, call?: PythonCall): Promise<RunnerEnd>;
  runInvocation(invocation: unknown, call?: PythonCall): Promise<RunnerEnd>;
  remove(): Promise<void>;
}

/**
 * Creates a bundle as CodeBuild unpacks it. Contains the runner of these sources, and folders of the fixtures as
 * local modules.
 */
export async function unpackPythonBundle(modules: readonly string[] = ['endings']): Promise<PythonBundle> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'codeseeder-python-')));
  const folder = path.join(root, 'the bundle');
  const plain = { recursive: true, filter: (source: string) => !source.endsWith('__pycache__') };
  await cp(RUNNER_SOURCE, path.join(folder, BUNDLE_PATHS.pythonRunner), plain);
  for (const module of modules) {
    await cp(path.join(FIXTURES, module), path.join(folder, BUNDLE_PATHS.pythonModules, module), plain);
  }
  let count = 0;
  const runInvocation = (invocation: unknown, call: PythonCall = {}) => {
    count += 1;
    return runRunner(folder, path.join(root, `run-${count}`), invocation, call);
  };
  return {
    folder,
    runInvocation,
    run: (target, call = {}) => {
      const [module, functionName] = target.split(':');
      const { args = [], kwargs = {} } = call;
      return runInvocation({ kind: 'python', target: { module, functionName }, args, kwargs }, call);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function runRunner(
  bundleFolder: string,
  folder: string,
  invocation: unknown,
  { python = 'python3', variables = {} }: PythonCall,
): Promise<RunnerEnd> {
  await mkdir(folder, { recursive: true });
  const invocationFile = path.join(folder, 'invocation.json');
  await writeFile(invocationFile, JSON.stringify(invocation));
  const outputFolder = path.join(folder, 'output');
  const child = spawn(python, [path.join(bundleFolder, BUNDLE_PATHS.pythonRunner)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      [BUILD_VARIABLES.invocationFile]: invocationFile,
      [BUILD_VARIABLES.outputDir]: outputFolder,
      ...variables,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const text = await readFile(path.join(outputFolder, RESULT_FILE), 'utf8').catch(() => undefined);
  return {
    exitCode,
    stdout,
    stderr,
    result: text === undefined ? undefined : (JSON.parse(text) as RunResult),
    output: await readdir(outputFolder).catch(() => []),
  };
}
