import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

let folder: string;
let client: string;

beforeAll(async () => {
  // The folder is inside the repository, so that the copied client finds its packages as an installed one does.
  folder = await mkdtemp(path.join(REPOSITORY, 'node_modules', '.client-'));
  await build({
    entryPoints: [path.join(REPOSITORY, 'client/index.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
  });
  client = pathToFileURL(path.join(folder, 'index.mjs')).href;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Returns the packages of which a new process loads CommonJS files when it imports the given modules. */
async function packagesLoadedBy(...specifiers: readonly string[]): Promise<string[]> {
  const program = `
    import { createRequire } from 'node:module';
    for (const specifier of ${JSON.stringify(specifiers)}) await import(specifier);
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: REPOSITORY,
    env: { PATH: process.env['PATH'] },
  });
  const files = JSON.parse(stdout) as string[];
  return [...new Set(files.map((file) => /node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file))];
}

const heavy = (packages: readonly string[]) =>
  packages.filter((name) => /^(aws-cdk-lib|constructs|esbuild|yazl|@aws-sdk\/client-.*)$/.test(name));

describe('import of the client', () => {
  it('The import of the client loads no CDK, bundler or SDK client', async () => {
    expect(heavy(await packagesLoadedBy(client))).toEqual([]);
  });

  it.each(['constructs', 'aws-cdk-lib/aws-sns', 'yazl', 'esbuild', '@aws-sdk/client-sfn'])(
    'The check of imports reports %s as heavy',
    async (specifier) => {
      const [name = ''] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [];

      expect(heavy(await packagesLoadedBy(client, specifier))).toContain(name);
    },
  );
});
