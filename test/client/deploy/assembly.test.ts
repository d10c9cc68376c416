import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { assemblyCacheFolder, synthesizeAssembly } from '../../../client/deploy/assembly.js';
import { deployIdOf } from '../../../lib/contract/deploy-id.js';

/** A CDK app that writes a mark for each run, and records its context. */
const APP = `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
  const { CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context } = process.env;
  appendFileSync(__dirname + '/ran', '.');
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/manifest.json', context);`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-synthesis-'));
  write('bin/seedkit.js', APP);
  write('lib/stack.js', '');
  write('lambdas/start-run/index.mjs', 'export const handler = 1;');
  write('node_modules/aws-cdk-lib/package.json', '{"version":"2.0.0"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

const cacheFolder = () => path.join(folder, 'cache', 'assemblies');
const synthesize = (context: Record<string, string> = { name: 'demo' }, signal?: AbortSignal) =>
  synthesizeAssembly({
    context,
    cacheFolder: cacheFolder(),
    distribution: folder,
    ...(signal && { signal }),
  });
const timesRun = () => readFileSync(path.join(folder, 'bin/ran'), 'utf8').length;

describe('synthesizeAssembly', () => {
  it('`synthesizeAssembly` runs the app with the context, and reuses the assembly while nothing changes', async () => {
    const made = await synthesize({ name: 'demo', encryption: 'false' });
    expect(JSON.parse(readFileSync(path.join(made, 'manifest.json'), 'utf8'))).toEqual({
      name: 'demo',
      encryption: 'false',
    });
    expect(await synthesize({ encryption: 'false', name: 'demo' })).toBe(made);
    expect(timesRun()).toBe(1);
  });

  it('`synthesizeAssembly` makes a new assembly for another context, handler, app or CDK version', async () => {
    const made = [await synthesize(), await synthesize({ name: 'other' })];
    for (const [file, text] of [
      ['lambdas/start-run/index.mjs', 'export const handler = 12;'],
      ['lib/stack.js', 'more'],
      ['node_modules/aws-cdk-lib/package.json', '{"version":"2.0.1"}'],
    ] as const) {
      write(file, text);
      made.push(await synthesize());
    }
    expect(new Set(made).size).toBe(5);
    expect(timesRun()).toBe(5);
  });

  it('`synthesizeAssembly` reuses the assembly for the deploy id that a seedkit of this name has by default', async () => {
    const made = await synthesize({ name: 'demo' });
    expect(await synthesize({ name: 'demo', deployId: deployIdOf('demo') })).toBe(made);
    expect(timesRun()).toBe(1);
    expect(await synthesize({ name: 'demo', deployId: 'abcdef' })).not.toBe(made);
  });

  it('`synthesizeAssembly` reuses the assembly when only the command line or the local AWS changed', async () => {
    const made = await synthesize();
    write('bin/codeseeder.js', 'more');
    write('lib/local/index.js', 'more');

    expect(await synthesize()).toBe(made);
    expect(timesRun()).toBe(1);
  });

  it('Concurrent calls of synthesizeAssembly get one complete assembly and leave no other files', async () => {
    const made = await Promise.all([synthesize(), synthesize(), synthesize()]);
    expect(new Set(made).size).toBe(1);
    expect(existsSync(path.join(made[0], 'manifest.json'))).toBe(true);
    expect(readdirSync(cacheFolder())).toEqual([path.basename(made[0])]);
  });

  it('`synthesizeAssembly` says how to install a missing CDK', async () => {
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    await expect(synthesize()).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(/not installed.*npm i -D aws-cdk-lib@/),
    });
  });

  it("`synthesizeAssembly` reports the app's message and keeps nothing if the app fails", async () => {
    write('bin/seedkit.js', `${APP}; process.stderr.write('The bucket is wrong.\\n'); process.exitCode = 2;`);
    await expect(synthesize()).rejects.toMatchObject({
      code: 'PackFailed',
      message: 'The seedkit could not be synthesized (exit code 2): The bucket is wrong.',
    });
    expect(readdirSync(cacheFolder())).toEqual([]);
    write('bin/seedkit.js', APP);
    await expect(synthesize()).resolves.toMatch(cacheFolder());
  });

  it('`synthesizeAssembly` stops when the caller aborts', async () => {
    write('bin/seedkit.js', `${APP}; setInterval(() => undefined, 1_000);`);
    const stop = new AbortController();
    const made = synthesize({ name: 'demo' }, stop.signal);
    while (!existsSync(path.join(folder, 'bin/ran'))) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await expect(made).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(cacheFolder())).toEqual([]);
  });
});

describe('assemblyCacheFolder', () => {
  it("`assemblyCacheFolder` is in the user's cache folder", () => {
    expect(assemblyCacheFolder({ XDG_CACHE_HOME: '/cache', HOME: '/home/a' })).toBe(
      '/cache/codeseeder/assemblies',
    );
    expect(assemblyCacheFolder({ HOME: '/home/a' })).toBe('/home/a/.cache/codeseeder/assemblies');
  });
});
