import { appendFile, rm, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { digestLayer } from '../../../../client/bundle/layer/digest-layer.js';
import { listFolder } from '../../../../client/bundle/layer/list-folder.js';
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
  ['has more', () => appendFile(project.at('app/small.txt'), '!')],
  ['has another content of the same size', () => writeFile(project.at('app/small.txt'), 'SMALL')],
  ['is gone', () => rm(project.at('app/small.txt'))],
];

describe('a file that changes while it is packed', () => {
  it.each(CHANGES)('and %s after it was listed makes packing fail', async (_what, change) => {
    const entries = await list();
    await change();

    await expect(digestLayer('dirs/app', entries)).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringMatching(
        /app\/small\.txt (changed while it was packed; run again|cannot be read)/,
      ),
    });
  });

  it.each(CHANGES)('and %s after its digest was taken makes packing fail', async (_what, change) => {
    const layer = await digestLayer('dirs/app', await list());
    await change();

    await expect(layer.write()).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('app/small.txt'),
    });
  });

  it('and is large makes packing fail, too', async () => {
    const layer = await digestLayer('dirs/app', await list());
    await appendFile(project.at('app/large.bin'), '!');

    await expect(layer.write()).rejects.toMatchObject({
      code: 'PackFailed',
      message: expect.stringContaining('app/large.bin changed while it was packed'),
    });
  });
});

describe('a caller that gives up', () => {
  it('gets no digest', async () => {
    await expect(
      digestLayer('dirs/app', await list(), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('gets no zip', async () => {
    const layer = await digestLayer('dirs/app', await list());

    await expect(layer.write(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('a zip is gone when it is no longer wanted', async () => {
  const zip = await (await digestLayer('dirs/app', await list())).write();
  await zip.dispose();

  await expect(buffer(zip.read())).rejects.toMatchObject({ code: 'EBADF' });
});
