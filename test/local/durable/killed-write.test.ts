import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { LevelDatabase } from '../../../lib/local/durable/level/level-database.js';

const BLOCK_BYTES = 32_768;
const PAGE_BYTES = 4_096;
const values = { first: 'a'.repeat(20_000), second: 'b'.repeat(20_000), third: 'c'.repeat(200_000) };

let folder: string;
let killed: string;
/** Size of the log before and after the write of the third value. */
let log: { readonly name: string; readonly beforeBytes: number; readonly afterBytes: number };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'codeseeder-killed-'));
  killed = join(folder, 'killed');
  const open = join(folder, 'open');
  const level = await LevelDatabase.open(open);
  const logName = readdirSync(open).find((name) => name.endsWith('.log')) ?? '';
  await level.write([{ put: 'first', value: values.first }]);
  await level.write([{ put: 'second', value: values.second }]);
  const beforeBytes = statSync(join(open, logName)).size;
  const acknowledged = readFileSync(join(open, 'acknowledged'));
  await level.write([{ put: 'third', value: values.third }]);
  log = { name: logName, beforeBytes, afterBytes: statSync(join(open, logName)).size };
  cpSync(open, killed, { recursive: true });
  // Restores the number of the second write: the process was killed before it acknowledged the third.
  writeFileSync(join(killed, 'acknowledged'), acknowledged);
  await level.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Opens a copy of the database whose log is cut off after `bytes` bytes. Returns the keys. */
async function keysAfterCut(bytes: number): Promise<string[]> {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(killed, copy, { recursive: true });
  truncateSync(join(copy, log.name), bytes);
  const level = await LevelDatabase.open(copy);
  const keys: string[] = [];
  for await (const [key] of level.entries()) keys.push(key);
  await level.close();
  return keys;
}

/** Returns the multiples of `step` inside of the third record. */
function cuts(step: number): number[] {
  const from = Math.ceil((log.beforeBytes + 1) / step);
  return Array.from(
    { length: Math.floor((log.afterBytes - 1) / step) - from + 1 },
    (_, n) => (from + n) * step,
  );
}

describe('A database of a killed process', () => {
  it('A database of a killed process opens without the write that was interrupted between two blocks or pages', async () => {
    expect(cuts(BLOCK_BYTES).length).toBeGreaterThan(3);
    for (const bytes of [...cuts(BLOCK_BYTES), ...cuts(PAGE_BYTES).slice(0, 8)]) {
      expect([bytes, await keysAfterCut(bytes)]).toEqual([bytes, ['first', 'second']]);
    }
    expect(await keysAfterCut(log.afterBytes)).toEqual(['first', 'second', 'third']);
  });

  it('A database is refused if its log ends elsewhere inside a write, which a kill cannot cause', async () => {
    for (const bytes of cuts(BLOCK_BYTES).flatMap((end) => [
      end - 3,
      end + 3,
      end + 100,
      end + PAGE_BYTES + 1,
    ])) {
      await expect(keysAfterCut(bytes)).rejects.toMatchObject({ code: 'DataFolderDamaged' });
    }
  });
});
