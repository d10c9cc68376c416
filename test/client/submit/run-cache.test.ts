import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { installsDigest } from '../../../client/submit/installs-digest.js';
import { runCache } from '../../../client/submit/run-cache.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'run-cache-'));
  mkdirSync(path.join(folder, 'app'));
  writeFileSync(path.join(folder, 'app', 'requirements.txt'), 'boto3==1.40.0\n');
  writeFileSync(path.join(folder, 'app', 'uv.lock'), 'version = 1\n');
});
afterAll(() => rmSync(folder, { recursive: true }));
const places = () => ({ dirs: { app: path.join(folder, 'app') } });

describe('the cache of a run', () => {
  it('A key gets the digest of its files, which changes with their content', async () => {
    const option = {
      key: 'pip-{hash:app/requirements.txt}',
      fallbackKeys: ['pip-'],
      paths: ['~/.cache/pip'],
    };
    const before = await runCache(option, places());
    expect(before).toEqual({ ...option, key: expect.stringMatching(/^pip-[0-9a-f]{20}$/) });
    expect(await runCache(option, places())).toEqual(before);
    writeFileSync(path.join(folder, 'app', 'requirements.txt'), 'boto3==1.41.0\n');
    expect((await runCache(option, places()))?.key).not.toBe(before?.key);
  });

  it('Ready caches are one cache by the digest of all their lock files', async () => {
    expect(await runCache(['pip', 'uv', 'pip'], places())).toEqual({
      key: expect.stringMatching(/^pip-uv-[0-9a-f]{20}$/),
      fallbackKeys: ['pip-uv-'],
      paths: ['~/.cache/pip', '~/.cache/uv'],
    });
  });

  it('A ready cache of node_modules by the working folder takes no older copy', async () => {
    const cache = await runCache(['node_modules'], {});
    expect(cache).toEqual({ key: expect.stringMatching(/^node_modules-/), paths: ['node_modules'] });
  });

  it.each([
    [
      { key: 'a-{hash:none.lock}', paths: ['a'] },
      'The file "none.lock" in the key of the cache does not exist',
    ],
    [{ key: 'a-{hash:}', paths: ['a'] }, 'does not exist'],
    [{ key: 'a-{hash', paths: ['a'] }, 'a cache key has'],
    [['docker-layers'], 'with buildx --cache-to'],
    [[], 'There is no ready cache an empty list'],
  ])('The cache %j is refused', async (option, message) => {
    await expect(runCache(option as never, places())).rejects.toThrow(message);
  });

  it.each([undefined, false] as const)('The option %p gives no cache', async (option) => {
    expect(await runCache(option, places())).toBeUndefined();
  });
});

describe('the digest of what a run installs', () => {
  it('A run without packages and Python code has none', () => {
    expect(installsDigest({ installCommands: ['make'] }, undefined)).toBeUndefined();
  });

  it('The digest changes with packages, modules, mirrors and the requirements of the bundle', () => {
    const digests = [
      installsDigest({}, 'a'),
      installsDigest({}, 'b'),
      installsDigest({ packages: { a: '1' } }, 'a'),
      installsDigest({ pythonModules: ['a==1'] }, 'a'),
      installsDigest({ pythonModules: ['a==1'], pypiMirror: 'https://m.example.com/simple' }, 'a'),
      installsDigest({ pipxModules: ['a==1'] }, 'a'),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests).toEqual(digests.map(() => expect.stringMatching(/^[0-9a-f]{20}$/)));
    expect(installsDigest({ packages: { b: '1', a: '1' } }, 'a')).toBe(
      installsDigest({ packages: { a: '1', b: '1' } }, 'a'),
    );
  });

  it.each(['./vendor/project', 'vendor/tool.whl', 'tool @ file:vendor/tool.whl'])(
    'A run that installs the local path %s has none, because its content may change',
    (requirement) => expect(installsDigest({ pythonModules: [requirement] }, 'a')).toBeUndefined(),
  );

  it('A run whose installation must not be kept has none', () => {
    expect(installsDigest({ pythonModules: ['a==1'] }, null)).toBeUndefined();
  });
});
