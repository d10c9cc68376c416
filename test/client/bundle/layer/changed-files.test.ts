import { appendFile, rm, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { digestLayer } from '../../../../client/bundle/layer/digest-layer.js';
import { listFolder } from '../../../../client/bundle/files/list-folder.js';
import { createProjects, type Project } from '../project.js';
import { randomBytes } from './layer-files.js';

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'app/small.txt': 'small', 'app/large.bin': randomBytes(3 * 1024 ** 2) });
});
afterAll(() => projects.removeAll());

const list = async () => (await listFolder({ place: 'app', folder: project.at('app') })).entries;

const CHANGES: [string, () => Promise<void>][] = [
  ['grew', () => appendFile(project.at('app/small.txt'), '!')],
  ['got another content of the same size', () => writeFile(project.at('app/small.txt'), 'SMALL')],
  ['was removed', () => rm(project.at('app/small.txt'))],
];

describe('a file that changes while it is packed', () => {
  it.each(CHANGES)('Packing fails if a file %s after it was listed', async (_what, change) => {
    const entries = await list();
    await change();

    await expect(digestLayer('dirs/app', entries)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(
        /app\/small\.txt (changed while it was packed; run again|cannot be read)/,
      ),
    });
  });

  it.each(CHANGES)('Packing fails if a file %s after its digest was computed', async (_what, change) => {
    const layer = await digestLayer('dirs/app', await list());
    await change();

    await expect(layer.write()).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('app/small.txt'),
    });
  });

  it('Packing fails if a large file changes while it is read', async () => {
    const layer = await digestLayer('dirs/app', await list());
    await appendFile(project.at('app/large.bin'), '!');

    await expect(layer.write()).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('app/large.bin changed while it was packed'),
    });
  });
});

describe('an aborted caller', () => {
  it('`digestLayer` rejects after an abort', async () => {
    await expect(
      digestLayer('dirs/app', await list(), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('Layer.write rejects after an abort', async () => {
    const layer = await digestLayer('dirs/app', await list());

    await expect(layer.write(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('`dispose` removes the zip', async () => {
  const zip = await (await digestLayer('dirs/app', await list())).write();
  await zip.dispose();

  await expect(buffer(zip.read())).rejects.toMatchObject({ code: 'EBADF' });
});
