import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { digestLayer } from '../../../../client/bundle/layer/digest-layer.js';
import type { Layer, LayerEntry } from '../../../../client/bundle/layer/layer.js';
import { listFolder } from '../../../../client/bundle/files/list-folder.js';
import { createProjects, type Project } from '../project.js';
import { bytesOf, filesIn, randomBytes, testByUnzip } from './layer-files.js';

const projects = createProjects();
const usualCache = process.env['CODESEEDER_CACHE_DIR'];
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  process.env['CODESEEDER_CACHE_DIR'] = project.at('cache');
  for (let file = 0; file < 40; file += 1) {
    await project.write({ [`app/sub/${file}.bin`]: randomBytes(30_000, `${file}`) });
  }
  await project.write({
    'app/large.bin': randomBytes(3 * 1024 ** 2),
    'app/a.txt': 'a',
    'app/copy-of-a.txt': 'a',
  });
});
afterEach(() => {
  process.env['CODESEEDER_CACHE_DIR'] = usualCache;
});
afterAll(() => projects.removeAll());

const layerNow = async (): Promise<Layer> => {
  const { entries } = await listFolder({ place: 'app', folder: project.at('app') });
  return digestLayer('dirs/app', entries);
};

/**
 * Returns the current layer after its files were moved away, so that all content must come from the earlier zip.
 */
async function unreadableLayer(): Promise<Layer> {
  const layer = await layerNow();
  await rename(project.at('app'), project.at('away'));
  return layer;
}

const keptZip = async () => project.at(`cache/zips/${(await readdir(project.at('cache/zips')))[0] ?? ''}`);

/** Checks that a zip contains the files of a folder with their content. */
async function requireWhole(bytes: Buffer, folder: string): Promise<void> {
  const { entries } = await listFolder({ place: 'app', folder: project.at(folder) });
  const sources = entries.flatMap((entry: LayerEntry) =>
    entry.kind === 'file' && 'source' in entry ? [[entry.path, entry.source] as const] : [],
  );
  const found = await filesIn(bytes);
  expect(Object.keys(found).sort()).toEqual(sources.map(([name]) => name).sort());
  for (const [name, source] of sources)
    expect(found[name]?.content.equals(await readFile(source))).toBe(true);
  expect(await testByUnzip(bytes, project.at('layer.zip'))).toBe('');
}

describe('the former zip of a layer', () => {
  it('Layer.write returns the former zip if nothing changed, without reading a file', async () => {
    const bytes = await bytesOf(await layerNow());
    const again = await bytesOf(await unreadableLayer());

    expect(again.equals(bytes)).toBe(true);
  });

  it('Layer.write copies unchanged files if others were changed, added or removed', async () => {
    await bytesOf(await layerNow());
    await project.write({ 'app/sub/20.bin': 'changed', 'app/sub/19a.bin': 'new' });
    await rm(project.at('app/sub/7.bin'));
    const bytes = await bytesOf(await layerNow());

    await requireWhole(bytes, 'app');
  });

  it('Layer.write copies files that were renamed', async () => {
    await bytesOf(await layerNow());
    await rename(project.at('app/sub'), project.at('app/moved'));
    await rename(project.at('app/large.bin'), project.at('app/a-large.bin'));
    const bytes = await bytesOf(await unreadableLayer());

    await requireWhole(bytes, 'away');
  });

  it('Layer.write copies from a zip that has copies itself', async () => {
    await bytesOf(await layerNow());
    await project.write({ 'app/a.txt': 'one' });
    await bytesOf(await layerNow());
    await project.write({ 'app/a.txt': 'two', 'app/copy-of-a.txt': 'three' });
    const bytes = await bytesOf(await layerNow());

    await requireWhole(bytes, 'app');
  });

  it.each([
    ['in the data of a file', (bytes: Buffer) => (bytes[500_000] = (bytes[500_000] ?? 0) ^ 1)],
    ['in its index', (bytes: Buffer) => (bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1)],
    ['at its end', (bytes: Buffer) => bytes.fill(0, bytes.length - 20)],
  ])('Layer.write ignores a former zip that is damaged %s', async (_where, damage) => {
    await bytesOf(await layerNow());
    const file = await keptZip();
    const kept = await readFile(file);
    damage(kept);
    await writeFile(file, kept);
    await requireWhole(await bytesOf(await layerNow()), 'app');

    await writeFile(file, kept);
    await project.write({ 'app/a.txt': 'changed' });
    await requireWhole(await bytesOf(await layerNow()), 'app');
  });

  it('Layer.write ignores a former zip that is truncated', async () => {
    await bytesOf(await layerNow());
    const file = await keptZip();
    await writeFile(file, (await readFile(file)).subarray(0, 1_000));

    await requireWhole(await bytesOf(await layerNow()), 'app');
  });

  it('A former zip stays readable while a later call replaces its file', async () => {
    const layer = await layerNow();
    const zip = await layer.write();
    await project.write({ 'app/a.txt': 'changed' });
    await bytesOf(await layerNow());

    const pieces: Buffer[] = [];
    for await (const piece of zip.read(10, 100_010)) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces)).toHaveLength(100_000);
    await zip.dispose();
  });
});
