import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { LevelDatabase } from '../../../lib/local/durable/level/level-database.js';
import { withTemporaryFolder } from '../place/temporary-folder.js';

/** Creates a database in the state in which `kill -9` leaves it. @returns its folder */
async function killedDatabase(parent: string): Promise<string> {
  const folder = join(parent, 'open');
  const copy = join(parent, 'killed');
  const level = await LevelDatabase.open(folder);
  await level.write([{ put: 'key', value: 'value' }]);
  cpSync(folder, copy, { recursive: true });
  await level.close();
  return copy;
}

describe('LevelDatabase.open', () => {
  it('LevelDatabase.open names CURRENT as damaged if it was cut at any byte', async () => {
    await withTemporaryFolder(async (parent) => {
      const folder = await killedDatabase(parent);
      const file = join(folder, 'CURRENT');
      const content = readFileSync(file);
      for (let length = 0; length < content.length; length += 1) {
        writeFileSync(file, content.subarray(0, length));
        await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
          code: 'DataFolderDamaged',
          message: expect.stringContaining(`${file} is damaged: `),
        });
      }
    });
  });

  it('LevelDatabase.open names the manifest as damaged if it was cut at any byte', async () => {
    await withTemporaryFolder(async (parent) => {
      const folder = await killedDatabase(parent);
      const name = readdirSync(folder).find((entry) => entry.startsWith('MANIFEST-')) ?? '';
      const content = readFileSync(join(folder, name));
      for (let length = 0; length < content.length; length += 1) {
        writeFileSync(join(folder, name), content.subarray(0, length));
        await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
          code: 'DataFolderDamaged',
          message: expect.stringContaining(name),
        });
      }
    });
  });
});
