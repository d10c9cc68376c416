import { chmod, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openDigestCache } from '../../../../client/bundle/layer/digest-cache.js';
import { digestLayer } from '../../../../client/bundle/layer/digest-layer.js';
import type { FileEntry, FileStats } from '../../../../client/bundle/layer/layer.js';
import { listFolder } from '../../../../client/bundle/files/list-folder.js';
import { createProjects, type Project } from '../project.js';
import { bytesOf, filesIn, randomBytes } from './layer-files.js';

const projects = createProjects();
const usualCache = process.env['CODESEEDER_CACHE_DIR'];
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  process.env['CODESEEDER_CACHE_DIR'] = project.at('cache');
});
afterEach(() => {
  process.env['CODESEEDER_CACHE_DIR'] = usualCache;
});
afterAll(() => projects.removeAll());

const NOW = 1_800_000_000_000;
const someStats = (overrides: Partial<FileStats> = {}): FileStats => ({
  sizeBytes: 3,
  mtimeMs: NOW - 60_000.5,
  ctimeMs: NOW - 50_000.25,
  inode: 7,
  ...overrides,
});
const DIGEST = { sha256: 'ab'.repeat(32), crc32: 0xfedcba98 };

/** Stores the digest of a file in the cache, then searches for it with the stats of a later time. */
function found(stats: FileStats, later = stats, name = 'a.txt') {
  openDigestCache('layer', '/folder/').keep([[{ source: '/folder/a.txt', stats }, DIGEST]], NOW);
  return openDigestCache('layer', '/folder/').get({ source: `/folder/${name}`, stats: later });
}

describe('the digest cache', () => {
  it('The digest cache returns a digest if size, times and inode are the same', () => {
    expect(found(someStats())).toEqual(DIGEST);
  });

  it.each([
    ['size', { sizeBytes: 4 }],
    ['time of modification', { mtimeMs: NOW - 60_000.25 }],
    ['time of change', { ctimeMs: NOW - 50_000 }],
    ['inode', { inode: 8 }],
  ])('The digest cache ignores a digest if the %s changed', (_what, change) => {
    expect(found(someStats(), someStats(change))).toBeUndefined();
  });

  it('The digest cache returns no digest of another file', () => {
    expect(found(someStats(), someStats(), 'b.txt')).toBeUndefined();
  });

  it.each([
    ['modified', { mtimeMs: NOW - 1_999 }],
    ['changed', { ctimeMs: NOW - 1_999 }],
    ['changed, by another clock, in the future', { ctimeMs: NOW + 60_000 }],
  ])('The digest cache stores no digest of a file that was %s just before it was read', (_what, change) => {
    expect(found(someStats(change))).toBeUndefined();
  });

  it('The digest cache ignores a damaged file', async () => {
    expect(found(someStats())).toEqual(DIGEST);
    const [name = ''] = await readdir(project.at('cache/digests'));
    await writeFile(project.at(`cache/digests/${name}`), 'codeseeder digests 1\nbroken');

    expect(
      openDigestCache('layer', '/folder/').get({ source: '/folder/a.txt', stats: someStats() }),
    ).toBeUndefined();
  });

  it('Only this user can read the digest cache', async () => {
    found(someStats());
    const [name = ''] = await readdir(project.at('cache/digests'));

    expect((await stat(project.at('cache/digests'))).mode & 0o777).toBe(0o700);
    expect((await stat(project.at(`cache/digests/${name}`))).mode & 0o777).toBe(0o600);
  });

  it('A cache folder that others may write to is not used', async () => {
    found(someStats());
    await chmod(project.at('cache'), 0o777);

    expect(found(someStats())).toBeUndefined();
  });

  it('The digests of a layer are removed after those of 100 other layers were used', async () => {
    const keep = (layer: string) =>
      openDigestCache(layer, '/folder/').keep(
        [[{ source: '/folder/a.txt', stats: someStats() }, DIGEST]],
        NOW,
      );
    keep('first');
    const [first = ''] = await readdir(project.at('cache/digests'));
    await utimes(project.at(`cache/digests/${first}`), 1, 1);
    for (let layer = 0; layer < 100; layer += 1) keep(String(layer));

    const names = await readdir(project.at('cache/digests'));
    expect(names).toHaveLength(100);
    expect(names).not.toContain(first);
  });
});

describe('an unchanged file', () => {
  const gone = (): FileEntry => ({
    kind: 'file',
    path: 'app/a.txt',
    mode: 0o644,
    source: path.join(project.folder, 'gone/a.txt'),
    stats: someStats(),
  });
  const keepIt = () =>
    openDigestCache(`dirs/app\0${project.at('gone')}/`, project.at('gone/')).keep(
      [[gone() as FileEntry & { source: string; stats: FileStats }, DIGEST]],
      NOW,
    );

  it('`digestLayer` does not read an unchanged file', async () => {
    keepIt();

    expect(await digestLayer('dirs/app', [gone()])).toMatchObject({ files: 1, sizeBytes: 3 });
  });

  it('`digestLayer` reads an unchanged file if `verify` is set', async () => {
    keepIt();

    await expect(digestLayer('dirs/app', [gone()], { verify: true })).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('gone/a.txt cannot be read'),
    });
  });

  it('A wrong stored digest makes Layer.write fail, and the next call reads the file', async () => {
    await project.write({ 'app/a.txt': 'abc' });
    const { entries } = await listFolder({ place: 'app', folder: project.at('app') });
    const [entry] = entries;
    if (entry?.kind !== 'file' || !('source' in entry)) throw new Error('There is no file.');
    const key = `dirs/app\0${project.at('app')}/`;
    openDigestCache(key, project.at('app/')).keep([[entry, DIGEST]], Date.now() + 60_000);

    const wrong = await digestLayer('dirs/app', entries);
    await expect(wrong.write()).rejects.toMatchObject({ code: 'PackFailed' });
    const right = await digestLayer('dirs/app', entries);
    expect(right.digest).not.toBe(wrong.digest);
    expect((await filesIn(await bytesOf(right)))['app/a.txt']?.content.toString()).toBe('abc');
  });
});

describe('a machine without a cache folder', () => {
  it.each([
    ['cannot be created', () => project.at('file/cache')],
    ['is a file', () => project.at('file')],
  ])('`digestLayer` makes layers if the cache folder %s', async (_what, folder) => {
    await project.write({ file: '', 'app/a.bin': randomBytes(400_000) });
    process.env['CODESEEDER_CACHE_DIR'] = folder();

    const { entries } = await listFolder({ place: 'app', folder: project.at('app') });
    const files = await filesIn(await bytesOf(await digestLayer('dirs/app', entries)));
    expect(Object.keys(files)).toEqual(['app/a.bin']);
  });
});

it('Clients that run in parallel compute the same digests and store complete files', async () => {
  for (let file = 0; file < 50; file += 1)
    await project.write({ [`app/${file}`]: randomBytes(20_000, `${file}`) });
  const pack = async () => {
    const { entries } = await listFolder({ place: 'app', folder: project.at('app') });
    const layer = await digestLayer('dirs/app', entries);
    return { digest: layer.digest, bytes: await bytesOf(layer) };
  };
  const packed = await Promise.all([pack(), pack(), pack(), pack()]);

  expect(new Set(packed.map(({ digest }) => digest)).size).toBe(1);
  for (const { bytes } of packed) expect(Object.keys(await filesIn(bytes))).toHaveLength(50);
  expect(await readdir(project.at('cache/zips'))).toHaveLength(1);
  expect((await pack()).bytes.equals(packed[0]?.bytes ?? Buffer.alloc(0))).toBe(true);
});

it('Files that a killed client left in the cache are removed after a day', async () => {
  await mkdir(project.at('cache/digests'), { recursive: true, mode: 0o700 });
  await chmod(project.at('cache'), 0o700);
  for (const name of ['old.tmp', 'new.tmp']) await writeFile(project.at(`cache/digests/${name}`), '');
  await utimes(project.at('cache/digests/old.tmp'), 1, 1);
  found(someStats());

  const names = await readdir(project.at('cache/digests'));
  expect(names).toContain('new.tmp');
  expect(names).not.toContain('old.tmp');
  await rm(project.at('cache'), { recursive: true });
});
