import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
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
  [HANDLER_VARIABLES.lockTable]: 'locks',
  [HANDLER_VARIABLES.eventBus]: 'bus',
  [HANDLER_VARIABLES.stateMachineArn]: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
  [HANDLER_VARIABLES.mapMachineArn]: 'arn:aws:states:us-east-1:000000000000:stateMachine:maps',
  [HANDLER_VARIABLES.project]: 'project',
  [HANDLER_VARIABLES.allow]: '{}',
  [HANDLER_VARIABLES.recordExpirationDays]: '365',
  [HANDLER_VARIABLES.bundleExpirationDays]: '30',
  [HANDLER_VARIABLES.hasRegistryCredentials]: 'false',
  [HANDLER_VARIABLES.hasPackages]: 'false',
};

/** Runs Node.js in the folder, without the environment of this project. */
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

/**
 * Files in `dist`: compiled from a source that exists, compiled from a source that was deleted, and written by other
 * programs.
 */
const LIVE = ['bin/live.js', 'lib/a/live.js', 'lib/a/live.d.ts', 'client/live.js'];
const GONE = ['bin/gone.js', 'lib/b/gone.js', 'lib/b/gone.d.ts', 'client/gone.js'];
const OTHERS = ['.tsbuildinfo', 'lib/a/gone.json', 'runner/gone.js', 'runner-python/gone.js'];

function write(file: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), '');
}

beforeAll(() => {
  for (const source of ['bin/live.ts', 'lib/a/live.ts', 'client/live.ts']) write(source);
  for (const file of [...LIVE, ...GONE, ...OTHERS]) write(`dist/${file}`);
  symlinkSync(path.join(project, 'lambdas'), path.join(folder, 'lambdas'));
  for (const program of ['runner', 'runner-logins']) write(`client/${program}/main.ts`);
  for (const program of ['runner-python', 'runner-logins-python']) write(`client/${program}/__main__.py`);
  const files = ['runner-layers/place-layers.sh', 'runner-cache/cache.sh', 'bundle/layer/pack-worker.ts'];
  for (const file of files) write(`client/${file}`);
  const bundled = node([path.join(project, 'esbuild.config.mjs')]);
  if (bundled.status !== 0) throw new Error(bundled.stderr);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the bundle of a handler', () => {
  it.each(HANDLERS)('The bundle of %s loads in plain Node with its environment alone', (handler) => {
    const loaded = node(['-e', load, bundleOf(handler)], environment);

    expect(loaded.stderr).not.toMatch(/Error/);
    expect(loaded.stdout).toBe('function\n');
    expect(existsSync(path.join(folder, 'dist/lambdas', handler, 'index.mjs.map'))).toBe(true);
  });

  it('The bundle of a handler reports the variable that its environment lacks', () => {
    const loaded = node(['-e', load, bundleOf('start-build')], { AWS_REGION: 'us-east-1' });

    expect(loaded.status).not.toBe(0);
    expect(loaded.stderr).toContain(HANDLER_VARIABLES.runTable);
  });
});

describe('the source map of a handler', () => {
  const read = (name: string) => readFileSync(path.join(folder, 'dist/lambdas/start-build', name), 'utf8');
  const payload = () => JSON.parse(read('index.mjs.map')) as SourceMapPayload;

  /** Returns the source position that the source map has for the first occurrence of a text in the bundle. */
  function sourceOf(text: string): { originalSource?: string; originalLine?: number } {
    const before = read('index.mjs').split(text, 1).join().split('\n');
    return new SourceMap(payload()).findEntry(before.length - 1, before.at(-1)!.length);
  }

  it('The source map of a handler leads from a stack to the lines of its TypeScript', () => {
    const failed = node(['--enable-source-maps', '-e', load, bundleOf('start-build')], {
      AWS_REGION: 'us-east-1',
    });

    const source = readFileSync('lambdas/start-build/handler.ts', 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('parseHandlerEnvironment(')) + 1;
    expect(failed.stderr).toContain(`lambdas/start-build/handler.ts:${line}:`);
  });

  it('The source map of a handler names only sources of this project, without their text', () => {
    const { sources, sourcesContent } = payload();

    expect(sources).toContainEqual(expect.stringMatching(/lambdas\/start-build\/handler\.ts$/));
    expect(sources.filter((source) => !/\/(lambdas|lib)\/.*\.ts$/.test(source))).toEqual([]);
    expect(sourcesContent).toBeUndefined();
  });

  it('The source map of a handler maps no line of a package to this project', () => {
    expect(sourceOf('Started the build').originalSource).toMatch(/lambdas\/start-build\/handler\.ts$/);
    expect(sourceOf('Unsupported type passed').originalSource).toBeUndefined();
  });
});

describe('the licenses of bundled packages', () => {
  const licenses = () => readFileSync(path.join(folder, 'dist/THIRD-PARTY-LICENSES'), 'utf8');

  it.each(['@aws-sdk/client-codebuild', '@aws-lambda-powertools/logger', 'zod'])(
    'The licenses of bundled packages name %s with its version',
    (name) => {
      const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {
        version: string;
      };

      expect(licenses()).toContain(`\n${name} ${version}\n`);
    },
  );

  it('The licenses of bundled packages contain each text once', () => {
    const text = readFileSync('node_modules/zod/LICENSE', 'utf8').trimEnd();

    expect(licenses().split(text)).toHaveLength(2);
  });
});

describe('what tsc once made', () => {
  it('Files that tsc made are removed with their sources, and no other file is', () => {
    const inDist = readdirSync(path.join(folder, 'dist'), { recursive: true, encoding: 'utf8' });

    expect(inDist).toEqual(expect.arrayContaining([...LIVE, ...OTHERS, 'lib/b']));
    expect(inDist.filter((file) => GONE.includes(file))).toEqual([]);
  });
});
