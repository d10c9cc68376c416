import { execFileSync } from 'node:child_process';

import { beforeAll, describe, expect, it } from '@jest/globals';

const MAX_BYTES = 4_000_000;

interface Packed {
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let packed: Packed;

beforeAll(() => {
  // Without scripts, which would build what other tests are using.
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  [packed] = JSON.parse(listed) as [Packed];
});

describe('the packed tarball', () => {
  it('is smaller than 4 MB', () => {
    expect(packed.size).toBeLessThan(MAX_BYTES);
  });

  it.each([
    'LICENSE',
    'dist/THIRD-PARTY-LICENSES',
    'dist/bin/codeseeder.js',
    'dist/runner/runner.mjs',
    'dist/lambdas/start-run/index.mjs',
    'dist/lambdas/start-run/index.mjs.map',
    'dist/lambdas/prepare-run/registry-logins.mjs',
  ])('contains %s', (file) => {
    expect(packed.files.map(({ path }) => path)).toContain(file);
  });
});
