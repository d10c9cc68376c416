import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

import { bundleModules } from '../../../client/bundle/modules/bundle-modules.js';
import { putEntry } from '../bundle/put-entry.js';
import {
  BUILD_VARIABLES,
  BUNDLE_PATHS,
  RESULT_FILE,
  type Invocation,
  type RunResult,
} from '../../../lib/contract/index.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
export const ENDINGS = 'test/fixtures/endings';

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

export interface UnpackedBundle {
  readonly folder: string;
  run(
    module: string,
    exportName: string,
    args?: readonly unknown[],
    variables?: Readonly<Record<string, string>>,
  ): Promise<RunnerEnd>;
  runInvocation(invocation: Invocation, variables?: Readonly<Record<string, string>>): Promise<RunnerEnd>;
  remove(): Promise<void>;
}

/** Creates a bundle as CodeBuild unpacks it. Contains the runner of these sources. */
export async function unpackBundle(
  modules: readonly string[],
  options: { readonly minify?: boolean } = {},
): Promise<UnpackedBundle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-runner-'));
  const bundleFolder = path.join(folder, 'bundle');
  const bundled = await bundleModules(
    modules.map((module) => ({ file: path.join(REPOSITORY, module) })),
    options,
  );
  await mkdir(path.join(bundleFolder, BUNDLE_PATHS.nodeModules), { recursive: true });
  for (const entry of [...bundled.code, ...bundled.packages]) await putEntry(entry, bundleFolder);
  await writeFile(
    path.join(bundleFolder, BUNDLE_PATHS.manifest),
    JSON.stringify({ version: 1, modules: bundled.modules }),
  );
  await buildRunner(path.join(bundleFolder, BUNDLE_PATHS.nodeRunner));
  let count = 0;
  const runInvocation: UnpackedBundle['runInvocation'] = async (invocation, variables = {}) => {
    count += 1;
    return runRunner(bundleFolder, path.join(folder, `run-${count}`), invocation, variables);
  };
  return {
    folder: bundleFolder,
    runInvocation,
    run: (module, exportName, args = [], variables = {}) =>
      runInvocation({ kind: 'node', target: { module, exportName }, args: args as never }, variables),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function buildRunner(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(REPOSITORY, 'client/runner/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    minify: true,
    keepNames: true,
    target: 'node18',
    logLevel: 'silent',
  });
}

async function runRunner(
  bundleFolder: string,
  folder: string,
  invocation: Invocation,
  variables: Readonly<Record<string, string>>,
): Promise<RunnerEnd> {
  await mkdir(folder, { recursive: true });
  const invocationFile = path.join(folder, 'invocation.json');
  await writeFile(invocationFile, JSON.stringify(invocation));
  const outputFolder = path.join(folder, 'output');
  const child = spawn(process.execPath, [path.join(bundleFolder, BUNDLE_PATHS.nodeRunner)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Kills a program that does not end. Its test then fails, and no process is left running.
    timeout: 45_000,
    killSignal: 'SIGKILL',
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
