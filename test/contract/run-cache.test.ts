import { describe, expect, it } from '@jest/globals';

import { parseCacheReport, parseRunRequest } from '../../lib/contract/index.js';
import { aRunRequest } from './builders.js';

describe('the cache of a request', () => {
  it.each([
    [{ key: '$(id)', paths: ['a'] }, 'a cache key has 1 to 200 letters'],
    [{ key: 'a b', paths: ['a'] }, 'a cache key has'],
    [{ key: 'a', fallbackKeys: ['a', 'b', 'c', 'd', 'e'], paths: ['a'] }, 'fallbackKeys'],
    [{ key: 'a', paths: [] }, 'paths'],
    [{ key: 'a', paths: ['node_modules/**/*'] }, 'without patterns'],
    [{ key: 'a', paths: ['../secrets'] }, 'no . and ..'],
    [{ key: 'a', paths: ['$HOME/.npm'] }, 'a cache path is'],
    [{ key: 'a', paths: ['~'] }, 'a cache path is'],
  ])('A request with the cache %j is refused', (cache, message) => {
    expect(() => parseRunRequest({ ...aRunRequest(), cache })).toThrow(message);
  });

  it('A request for Lambda compute with a cache is refused, and one with a digest of its installations is not', () => {
    const request = { ...aRunRequest(), build: { computeType: 'BUILD_LAMBDA_1GB' } };
    const cache = { key: 'a', paths: ['a'] };
    expect(() => parseRunRequest({ ...request, cache })).toThrow('Lambda compute has no cache');
    expect(parseRunRequest({ ...request, installsDigest: 'a'.repeat(20) })).toMatchObject(request);
  });
});

describe('the report of a build about its cache', () => {
  it('`parseCacheReport` reads the key, the hits, seconds and bytes', () => {
    expect(parseCacheReport('npm-1 fallback miss 1500 20 4096')).toEqual({
      key: 'npm-1',
      hit: 'fallback',
      installs: 'miss',
      restoreSeconds: 1.5,
      saveSeconds: 0.02,
      bytes: 4096,
    });
    expect(parseCacheReport('npm-1 exact - 0 0 1')).not.toHaveProperty('installs', expect.anything());
  });

  it.each([
    undefined,
    '',
    'npm-1 maybe - 0 0 1',
    'a b exact - 0 0 1',
    'npm-1 exact - 0 0 1 more',
    'x exact - -1 0 1',
  ])('`parseCacheReport` ignores %j', (text) => expect(parseCacheReport(text)).toBeUndefined());
});
