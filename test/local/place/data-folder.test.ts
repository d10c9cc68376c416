import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';

import { openDataFolder } from '../../../lib/local/data-folder.js';
import { partitionOf, placeIdentity } from '../../../lib/local/place-identity.js';
import { writeRunningPlace, findRunningPlace, removeRunningPlace } from '../../../lib/local/running-place.js';
import { withTemporaryFolder } from './temporary-folder.js';

const announced = {
  endpoint: 'http://127.0.0.1:4000',
  port: 4000,
  region: 'us-east-1',
  account: '000000000000',
  startedAt: '2026-01-01T00:00:00.000Z',
};

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('openDataFolder', () => {
  it('`openDataFolder` makes the folder private, and refuses a second local AWS in it', async () => {
    await withTemporaryFolder(async (parent) => {
      const path = join(parent, 'data');
      const folder = await openDataFolder(path);
      await writeRunningPlace(path, announced);
      expect(await modeOf(path)).toBe(0o700);
      await expect(openDataFolder(path)).rejects.toMatchObject({
        code: 'PlaceInUse',
        message: expect.stringContaining(`${path} is in use by the local AWS of process ${process.pid}`),
      });
      await folder.release();
      await (await openDataFolder(path)).release();
      expect(await readdir(path)).toContain('store');
    });
  });

  it('`openDataFolder` makes a temporary folder by default, and removes it on release', async () => {
    const folder = await openDataFolder(undefined);
    expect(await modeOf(folder.path)).toBe(0o700);
    await folder.release();
    expect(await readdir(dirname(folder.path))).not.toContain(folder.path.split('/').at(-1));
  });

  it('`openDataFolder` refuses a folder with other contents and does not change it', async () => {
    await withTemporaryFolder(async (parent) => {
      const path = join(parent, 'project');
      await mkdir(path, { mode: 0o755 });
      await writeFile(join(path, 'package.json'), '{}');
      await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'DataFolderNotUsable' });
      expect(await readdir(path)).toEqual(['package.json']);
      expect(await modeOf(path)).toBe(0o755);
    });
  });

  it('`openDataFolder` refuses a folder of another user, who would know its credentials', async () => {
    await withTemporaryFolder(async (parent) => {
      const path = join(parent, 'data');
      await (await openDataFolder(path)).release();
      await placeIdentity(path, {});
      const own = process.getuid?.() ?? 0;
      const other = jest.spyOn(process as Required<typeof process>, 'getuid').mockReturnValue(own + 1);
      try {
        await expect(openDataFolder(path)).rejects.toMatchObject({
          code: 'DataFolderNotUsable',
          message: expect.stringContaining(
            `${path} belongs to the user with the id ${own} instead of ${own + 1}`,
          ),
        });
      } finally {
        other.mockRestore();
      }
      await (await openDataFolder(path)).release();
    });
  });
});

describe('placeIdentity', () => {
  it('`placeIdentity` creates an identity once, in a private file, for one account and region', async () => {
    await withTemporaryFolder(async (folder) => {
      const made = await placeIdentity(folder, { region: 'eu-west-1' });
      expect(made).toMatchObject({ account: '000000000000', region: 'eu-west-1' });
      expect(made.credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(made.credentials.secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(await modeOf(join(folder, 'identity.json'))).toBe(0o600);
      expect(await placeIdentity(folder, {})).toEqual(made);
      await expect(placeIdentity(folder, { region: 'us-east-1' })).rejects.toMatchObject({
        code: 'PlaceMismatch',
      });
    });
  });

  it.each([{ account: '12' }, { account: 'abcdefghijkl' }, { region: 'Moon' }])(
    '`placeIdentity` refuses %j',
    async (wanted) => {
      await withTemporaryFolder(async (folder) => {
        await expect(placeIdentity(folder, wanted)).rejects.toMatchObject({ code: 'InvalidRequest' });
        expect(await readdir(folder)).toEqual([]);
      });
    },
  );

  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('The region %s is in the partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

describe('findRunningPlace', () => {
  it('`findRunningPlace` finds a running local AWS by its data folder until it is withdrawn', async () => {
    await withTemporaryFolder(async (folder) => {
      expect(await findRunningPlace(folder)).toBeUndefined();
      await writeRunningPlace(folder, announced);
      expect(await findRunningPlace(folder)).toMatchObject({ ...announced, pid: process.pid });
      expect(await modeOf(join(folder, 'place.json'))).toBe(0o600);
      await removeRunningPlace(folder);
      expect(await findRunningPlace(folder)).toBeUndefined();
    });
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose process id another process has now', { processStart: '1' }],
  ])('`findRunningPlace` finds no local AWS %s', async (_title, changes) => {
    await withTemporaryFolder(async (folder) => {
      await writeRunningPlace(folder, announced);
      const file = join(folder, 'place.json');
      const written = JSON.parse(await readFile(file, 'utf8')) as object;
      await writeFile(file, JSON.stringify({ ...written, ...changes }));
      expect(await findRunningPlace(folder)).toBeUndefined();
    });
  });
});
