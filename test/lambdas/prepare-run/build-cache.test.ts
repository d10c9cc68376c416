import { describe, expect, it } from '@jest/globals';

import type { InvocationHead, RunRequest } from '../../../lib/contract/index.js';
import { buildCache, cacheOverride } from '../../../lambdas/prepare-run/build-cache.js';
import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import { aRunRequest } from '../../contract/builders.js';

const DIGEST = '0123456789abcdef0123';
const CACHE = { key: 'npm-1', fallbackKeys: ['npm-'], paths: ['node_modules', '~/.npm'] };
const COMMANDS: InvocationHead = { kind: 'commands', target: ['true'] };
const PYTHON = { kind: 'python', target: { module: 'shop.orders', functionName: 'order' } } as InvocationHead;

const request = (changes: Partial<RunRequest> = {}): RunRequest => ({
  ...aRunRequest(),
  build: {},
  ...changes,
});
const specOf = (run: RunRequest, invocation: InvocationHead = COMMANDS) =>
  JSON.parse(
    renderBuildspec(run.build, invocation, { bundle: run.bundle, cache: buildCache(run, invocation.kind) }),
  ) as {
    cache?: { key: string; 'fallback-keys'?: string[]; paths: string[] };
    env: Record<string, string[]>;
    phases: Record<string, { commands: string[] }>;
  };

describe('the cache of a build', () => {
  it('A build of a request without a cache has none', () => {
    expect(specOf(request())).not.toHaveProperty('cache');
    expect(cacheOverride(request(), COMMANDS, 'bucket')).toBeUndefined();
  });

  it('A build on Lambda compute has no cache', () => {
    const run = request({ installsDigest: DIGEST, build: { computeType: 'BUILD_LAMBDA_1GB' } });
    expect(specOf(run, PYTHON)).not.toHaveProperty('cache');
    expect(cacheOverride(run, PYTHON, 'bucket')).toBeUndefined();
  });

  it('A cache has the key and fallback keys of the request and one folder with an absolute path', () => {
    const { cache, env } = specOf(request({ cache: CACHE }));
    expect(cache).toEqual({
      key: 'npm-1',
      'fallback-keys': ['npm-'],
      paths: [expect.stringMatching(/^\/tmp\/codeseeder-cache\/[0-9a-f]{16}\/\*\*\/\*$/)],
    });
    expect(env['exported-variables']).toContain('CODESEEDER_CACHE');
  });

  it('A cache whose key has a digest of the requirements falls back to copies with other digests', () => {
    const { cache } = specOf(request({ cache: CACHE, installsDigest: DIGEST }), PYTHON);
    expect(cache).toMatchObject({ key: `npm-1-${DIGEST}`, 'fallback-keys': ['npm-1-', 'npm-'] });
    expect(specOf(request({ installsDigest: DIGEST }), PYTHON).cache?.key).toBe(`installs-${DIGEST}`);
  });

  it('Caches with other paths, another image or another working folder have another folder', () => {
    const pathsOf = (changes: Partial<RunRequest>) =>
      specOf(request({ cache: CACHE, ...changes })).cache?.paths[0];
    const others = [
      pathsOf({}),
      pathsOf({ cache: { ...CACHE, paths: ['node_modules'] } }),
      pathsOf({ build: { image: 'node:24' } }),
      pathsOf({ build: { workingDirectory: 'app' } }),
      pathsOf({ build: { runtimeVersions: { nodejs: '24' } } }),
    ];
    expect(new Set(others).size).toBe(others.length);
    expect(pathsOf({ cache: { ...CACHE, key: 'npm-2' } })).toBe(others[0]);
  });

  it('A build restores before it installs, keeps what it installed before the commands of the user, and saves last', () => {
    const build = { installCommands: ['my-command'], postBuildCommands: ['after'] };
    const { phases } = specOf(request({ cache: CACHE, installsDigest: DIGEST, build }), PYTHON);
    const install = phases['install']?.commands ?? [];
    const place = (text: string) => install.findIndex((command) => command.includes(text));
    const order = [
      place('cache.sh" restore'),
      place('-m venv'),
      place('cache.sh" keep-installs'),
      place('my-command'),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(install[order[0] ?? 0]).toContain("'--path=~/.npm'");
    expect(phases['post_build']).toMatchObject({
      finally: expect.arrayContaining([
        expect.stringContaining('save "${CODEBUILD_BUILD_SUCCEEDING:-0}"'),
        expect.stringContaining('export CODESEEDER_CACHE='),
      ]),
    });
  });

  it.each([
    [{}, COMMANDS, /^bucket\/cache\/commands$/],
    [{ lock: 'network/dev' }, COMMANDS, /^bucket\/cache\/lock-network-dev-[0-9a-f]{8}$/],
    [{}, PYTHON, /^bucket\/cache\/python-shop.orders-order-[0-9a-f]{8}$/],
  ])('The location of the cache of a request with %j has a namespace', (changes, invocation, location) => {
    const override = cacheOverride(request({ cache: CACHE, ...changes }), invocation, 'bucket');
    expect(override).toEqual({ type: 'S3', location: expect.stringMatching(location) });
  });
});
