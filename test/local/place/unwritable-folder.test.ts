import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startLocalAws } from '../../../lib/local/start-local-aws.js';
import { mountSmallDisk, noSmallDisk, type SmallDisk } from '../durable/small-disk.js';

const itOnSmallDisk = noSmallDisk === undefined ? it : it.skip;

let disk: SmallDisk;
beforeEach(() => {
  if (noSmallDisk === undefined) disk = mountSmallDisk(8);
});
afterEach(() => {
  if (noSmallDisk === undefined) disk.dispose();
});

async function failureOfStart(dataFolder: string): Promise<{ code: string; message: string }> {
  const error = await startLocalAws({ dataFolder }).then(
    async (place) => {
      await place.close();
      return new Error('The local AWS started.');
    },
    (failure: unknown) => failure,
  );
  const { code, message } = error as { code: string; message: string };
  return { code, message };
}

describe(`A start of the local AWS${noSmallDisk === undefined ? '' : ` (${noSmallDisk})`}`, () => {
  itOnSmallDisk(
    'The start of a local AWS on a read-only disk is refused with the file, and succeeds when the disk can be written',
    async () => {
      const folder = join(disk.folder, 'data');
      const place = await startLocalAws({ dataFolder: folder });
      await place.close();
      const view = join(disk.readOnlyView(), 'data');
      const { code, message } = await failureOfStart(view);
      expect(code).toBe('DataFolderNotUsable');
      expect(message).toMatch(
        new RegExp(
          `^The data folder ${view} cannot be used: .*[Rr]ead-only file system.*${view}.* Make sure .*that you may write to it\\.$`,
        ),
      );
      await (await startLocalAws({ dataFolder: folder })).close();
    },
  );

  itOnSmallDisk('The start of a local AWS on a read-only disk without a data folder is refused', async () => {
    const folder = join(disk.readOnlyView(), 'data');
    const { code, message } = await failureOfStart(folder);
    expect(code).toBe('DataFolderNotUsable');
    expect(message).toContain(`cannot be used: EROFS: read-only file system, mkdir '${folder}'`);
  });

  itOnSmallDisk.each(['a new', 'a used'])(
    'The start of a local AWS on a full disk with %s folder is refused, and a start with space has the same credentials',
    async (kind) => {
      const folder = join(disk.folder, 'data');
      mkdirSync(folder);
      let known: string | undefined;
      if (kind === 'a used') {
        const place = await startLocalAws({ dataFolder: folder });
        known = place.credentials.secretAccessKey;
        await place.close();
      }
      disk.fill();
      const { code, message } = await failureOfStart(folder);
      expect(code).toMatch(/^DataFolderNot(Usable|Writable)$/);
      expect(message).toMatch(new RegExp(`${folder}.*[Nn]o space left on device`));
      expect(message).toMatch(/space on its disk/);
      disk.free();
      const place = await startLocalAws({ dataFolder: folder });
      if (known !== undefined) expect(place.credentials.secretAccessKey).toBe(known);
      await place.close();
      expect(readdirSync(folder)).toContain('identity.json');
    },
  );
});
