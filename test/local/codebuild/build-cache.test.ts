import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type CachedBuild, openCache } from '../../../lib/local/codebuild/build-cache.js';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec.js';
import { memoryObjects, type MemoryObjects } from './test-codebuild.js';

let folder: string;
let objects: MemoryObjects;
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'build-cache-'));
  objects = memoryObjects();
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Returns a build in a new folder with its own /tmp. */
function aBuild(cache: object, changes: Partial<CachedBuild> = {}) {
  const ownFolder = mkdtempSync(path.join(folder, 'build-'));
  const sourceFolder = path.join(ownFolder, 'src');
  mkdirSync(path.join(ownFolder, 'tmp'));
  mkdirSync(sourceFolder);
  const written = parseBuildspec(JSON.stringify({ version: 0.2, phases: {}, cache })).cache;
  if (written === undefined) throw new Error('no cache');
  const build: CachedBuild = {
    objects,
    cache: { type: 'S3', location: 'bucket/cache/a' },
    written,
    projectName: 'demo',
    sourceFolder,
    ownFolder,
    outside: (place) => (place.startsWith('/tmp/x') ? path.join(ownFolder, place) : place),
    expand: async (text) => text.replace('$VERSION', '7'),
    note: (text) => notes.push(text),
    ...changes,
  };
  const at = (name: string) => path.join(name.startsWith('/') ? ownFolder : sourceFolder, name);
  return {
    build,
    read: (name: string) => readFileSync(at(name), 'utf8'),
    mode: (name: string) => statSync(at(name)).mode & 0o777,
    write: (name: string, text: string, mode = 0o644) => {
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), text, { mode });
    },
  };
}

/** Runs a build that writes files. @returns the build */
async function buildOf(cache: object, files: Record<string, string>, changes?: Partial<CachedBuild>) {
  const made = aBuild(cache, changes);
  const opened = await openCache(made.build);
  for (const [name, text] of Object.entries(files)) made.write(name, text);
  await opened.save();
  return made;
}

const CACHE = { key: 'npm-1', 'fallback-keys': ['npm-'], paths: ['deps/**/*', '/tmp/x/**/*'] };

describe('the S3 cache of a build', () => {
  it('A build restores the files that an earlier one saved under its key, with their modes', async () => {
    const first = aBuild(CACHE);
    const opened = await openCache(first.build);
    first.write('deps/a/b', 'text', 0o750);
    first.write('/tmp/x/c', '');
    first.write('other', 'not cached');
    await opened.save();
    const second = aBuild(CACHE);
    await openCache(second.build);
    expect([second.read('deps/a/b'), second.read('/tmp/x/c'), second.mode('deps/a/b')]).toEqual([
      'text',
      '',
      0o750,
    ]);
    expect(() => second.read('other')).toThrow('ENOENT');
  });

  it('The copy of a key is never changed', async () => {
    await buildOf(CACHE, { 'deps/a': 'first' });
    await buildOf(CACHE, { 'deps/a': 'second' });
    const third = await buildOf(CACHE, {});
    expect(third.read('deps/a')).toBe('first');
    expect(objects.all.size).toBe(1);
  });

  it('A build restores a copy whose key starts with a fallback key, and saves its own', async () => {
    await buildOf(CACHE, { 'deps/a': 'first' });
    const second = await buildOf({ ...CACHE, key: 'npm-2' }, { 'deps/b': 'second' });
    expect(second.read('deps/a')).toBe('first');
    expect([...objects.all.keys()].map((key) => key.split('/').at(-1))).toEqual(['npm-1', 'npm-2']);
  });

  it('Caches with other paths or of another namespace are others', async () => {
    await buildOf(CACHE, { 'deps/a': 'first' });
    const others = [
      await buildOf({ ...CACHE, paths: ['deps/**/*'] }, {}),
      await buildOf(
        CACHE,
        {},
        { cache: { type: 'S3', location: 'bucket/cache/a', cacheNamespace: 'other' } },
      ),
      await buildOf(CACHE, {}, { projectName: 'another' }),
    ];
    for (const other of others) expect(() => other.read('deps/a')).toThrow('ENOENT');
  });

  it('The shell evaluates a key, and a cache without a key is replaced by each build', async () => {
    await buildOf({ key: 'v-$VERSION', paths: ['deps/*'] }, { 'deps/a': 'first' });
    expect([...objects.all.keys()][0]).toMatch(/\/v-7$/);
    await buildOf({ paths: ['deps/*'] }, { 'deps/a': 'second' });
    await buildOf({ paths: ['deps/*'] }, { 'deps/a': 'third' });
    expect((await buildOf({ paths: ['deps/*'] }, {})).read('deps/a')).toBe('third');
  });

  it('The actions restore and save do only that', async () => {
    await buildOf({ ...CACHE, action: 'restore' }, { 'deps/a': 'first' });
    expect(objects.all.size).toBe(0);
    await buildOf(CACHE, { 'deps/a': 'first' });
    const saving = await buildOf({ ...CACHE, action: 'save' }, {});
    expect(() => saving.read('deps/a')).toThrow('ENOENT');
  });

  it('Files outside the folders of the build are neither saved nor restored', async () => {
    writeFileSync(path.join(folder, 'secret'), 'of the machine');
    const cache = { key: 'a', paths: [`${folder}/*`, '../../*', '/etc/hostname'] };
    await buildOf(cache, {});
    expect(objects.all.size).toBe(0);
    expect(notes.filter((note) => note.includes('is neither saved nor restored'))).toHaveLength(3);
  });

  it('A damaged copy does not fail the build', async () => {
    await buildOf(CACHE, { 'deps/a': 'first' });
    for (const [key, body] of objects.all) objects.all.set(key, body.subarray(0, body.length - 2));
    await buildOf(CACHE, {});
    expect(notes).toContain('Unable to restore the cache: The archive ends too early.');
  });

  it('The oldest copies are removed when the copies of a location become too large, and a larger cache is not saved', async () => {
    const most = { maxBytes: 400 };
    await buildOf({ ...CACHE, key: 'one' }, { 'deps/a': 'x'.repeat(200) }, most);
    await buildOf({ ...CACHE, key: 'two' }, { 'deps/a': 'x'.repeat(300) }, most);
    expect([...objects.all.keys()].map((key) => key.split('/').at(-1))).toEqual(['two']);
    await buildOf({ ...CACHE, key: 'three' }, { 'deps/a': 'x'.repeat(500) }, most);
    expect(notes.at(-1)).toBe('The cache has 500 bytes, at most 400 are saved');
  });

  it.each([
    [{ key: 'a' }, 'paths'],
    [{ key: 'a', paths: ['a'], 'fallback-keys': ['1', '2', '3', '4', '5', '6'] }, 'fallback-keys'],
    [{ key: 'a', paths: ['a'], action: 'both' }, 'action'],
  ])('A buildspec with the cache %j cannot be used', (cache, problem) => {
    expect(() => parseBuildspec(JSON.stringify({ version: 0.2, phases: {}, cache }))).toThrow(problem);
  });
});
