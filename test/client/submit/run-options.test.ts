import { describe, expect, it } from '@jest/globals';

import type { RunOptions } from '../../../client/index.js';
import { mergeRunOptions } from '../../../client/submit/run-options.js';

describe('options of kit, function and call', () => {
  it('add lists, the far ones first', () => {
    const merged = mergeRunOptions(
      { build: { installCommands: ['kit'] } },
      { build: { installCommands: ['function'] } },
      { build: { installCommands: ['call'] } },
    );

    expect(merged.build).toEqual({ installCommands: ['kit', 'function', 'call'] });
  });

  it('merge maps, the nearer entry wins, and replace single values', () => {
    const merged = mergeRunOptions(
      {
        build: { timeoutMinutes: 10, runtimeVersions: { nodejs: '22', python: '3.12' } },
        dirs: { a: '1', b: '1' },
      },
      { build: { timeoutMinutes: 20, runtimeVersions: { nodejs: '24' } }, dirs: { b: '2' } },
    );

    expect(merged).toMatchObject({
      build: { timeoutMinutes: 20, runtimeVersions: { nodejs: '24', python: '3.12' } },
      dirs: { a: '1', b: '2' },
    });
  });

  it('take packages for build.packages', () => {
    const merged = mergeRunOptions(
      { packages: { cdk: '^1', npm: '9' } },
      { build: { packages: { cdk: '^2' } } },
    );

    expect(merged).toMatchObject({ build: { packages: { cdk: '^2', npm: '9' } } });
    expect(merged).not.toHaveProperty('packages');
  });

  it('stay as they were given', () => {
    const kit = { build: { installCommands: ['kit'] }, labels: { a: '1' } };
    mergeRunOptions<RunOptions>(kit, { build: { installCommands: ['more'] }, labels: { b: '2' } });

    expect(kit).toEqual({ build: { installCommands: ['kit'] }, labels: { a: '1' } });
  });
});
