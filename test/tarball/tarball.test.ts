import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

import { pagesInMessages } from './pages-in-messages.js';

const MAX_BYTES = 5_000_000;

/** Programs that the command line and the library start by path. */
const PROGRAMS = [
  'dist/bin/seedkit.js',
  'dist/client/deploy/toolkit-process.js',
  'dist/client/in-build/module-places.js',
  'dist/lib/local/lambda/worker-program.js',
  'dist/pack-worker/pack-worker.cjs',
];

interface Packed {
  /** Size of the tarball in bytes. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;

beforeAll(() => {
  // Runs no scripts, because they would build files that other tests are using.
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  [packed] = JSON.parse(listed) as [Packed];
});

describe('The packed tarball', () => {
  it('The packed tarball is smaller than 5 MB', () => {
    expect(packed.size).toBeLessThan(MAX_BYTES);
  });

  it.each([
    'LICENSE',
    'CHANGELOG.md',
    'docs/getting-started.md',
    'docs/reference/failures.md',
    'docs/demo.svg',
    'schemas/run-state-change.json',
    'examples/github-action/action.yml',
    'examples/github-action/run.mjs',
    'examples/gitlab-ci/run.mjs',
    'examples/gitlab-ci/codeseeder.gitlab-ci.yml',
    'examples/init/typescript/hello.ts',
    'examples/init/javascript/hello.mjs',
    'examples/init/commonjs/hello.cjs',
    'examples/init/python/hello/__init__.py',
    'examples/init/tsconfig.template.json',
    'examples/init/ci/github.yml',
    'dist/THIRD-PARTY-LICENSES',
    'dist/bundled/THIRD-PARTY-LICENSES',
    'dist/bundled/local.js',
    'dist/console/index.html',
    'dist/console/app.js',
    'dist/console/THIRD-PARTY-LICENSES',
    'dist/bin/codeseeder.js',
    'dist/runner/runner.mjs',
    'dist/lambdas/start-run/index.mjs',
    'dist/lambdas/start-run/index.mjs.map',
    'dist/lambdas/prepare-run/registry-logins.mjs',
  ])('The packed tarball contains %s', (file) => {
    expect(packed.files.map(({ path }) => path)).toContain(file);
  });

  it('The packed tarball contains every page that a message of the product names', () => {
    const named = pagesInMessages();
    const contained = new Set(packed.files.map(({ path }) => path));

    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ page }) => !contained.has(page))).toEqual([]);
  });

  it('The packed tarball contains every module that its programs and exports import', async () => {
    const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, object>;
    const named = JSON.stringify([bin, exports]).match(/dist\/[\w./-]+\.js(?=")/g) ?? [];
    const { metafile } = await build({
      entryPoints: [...named, ...PROGRAMS],
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      outdir: 'unused',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const contained = new Set(packed.files.map(({ path }) => path));

    expect(named.length).toBeGreaterThan(4);
    expect(Object.keys(metafile.inputs).filter((file) => !contained.has(file))).toEqual([]);
  });

  it('The packed tarball contains no script that makes the docs', () => {
    const scripts = packed.files.filter(({ path }) => path.startsWith('docs/') && !/\.(md|svg)$/.test(path));
    expect(scripts).toEqual([]);
  });
});
