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

import { readAcknowledged } from '../../../lib/local/durable/level/acknowledged-file.js';
import { lastSequenceIn } from '../../../lib/local/durable/level/check-database.js';
import { LevelDatabase, type LevelChange } from '../../../lib/local/durable/level/level-database.js';

let root: string;
/** A database of a killed process, and the size of its log after each write. */
let killed: string;
let logName: string;
const logSizes: number[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'codeseeder-acknowledged-'));
  killed = join(root, 'killed');
  const open = join(root, 'open');
  const level = await LevelDatabase.open(open);
  logName = readdirSync(open).find((name) => name.endsWith('.log')) ?? '';
  for (const changes of groups()) {
    await level.write(changes);
    logSizes.push(statSync(join(open, logName)).size);
  }
  cpSync(open, killed, { recursive: true });
  await level.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns groups of changes of each kind: one, many, deletions, and the same key twice. */
function groups(): LevelChange[][] {
  return [
    [{ put: 'a', value: 'first' }],
    [{ put: 'b', value: 2 }, { put: 'c', value: [3] }, { delete: 'nothing' }],
    [{ delete: 'a' }],
    [
      { put: 'a', value: 'again' },
      { put: 'a', value: 'and again' },
    ],
    [{ put: 'd', value: 'd'.repeat(50_000) }],
    [{ put: 'e', value: 'last' }],
  ];
}

function aCopy(): string {
  const copy = mkdtempSync(join(root, 'copy-'));
  cpSync(killed, copy, { recursive: true });
  return copy;
}

async function openAndClose(folder: string): Promise<string[]> {
  const level = await LevelDatabase.open(folder);
  const keys: string[] = [];
  for await (const key of level.keys()) keys.push(key);
  await level.close();
  return keys;
}

describe('The number of the last acknowledged write', () => {
  it('is the one that LevelDB gave the last change', async () => {
    expect(await readAcknowledged(killed)).toBe(9);
    expect(await lastSequenceIn(killed)).toBe(9);
  });

  it('stays the one of LevelDB over many writes at once and starts after kills', async () => {
    const folder = join(root, 'many');
    const random = (below: number) => Math.floor(Math.random() * below);
    for (let start = 0; start < 4; start += 1) {
      const level = await LevelDatabase.open(folder);
      for (let round = 0; round < 30; round += 1) {
        const writes = Array.from({ length: 1 + random(9) }, () =>
          level.write(
            Array.from({ length: 1 + random(5) }, () =>
              random(3) === 0
                ? { delete: `${random(50)}` }
                : { put: `${random(50)}`, value: 'v'.repeat(900) },
            ),
          ),
        );
        await Promise.all(writes);
      }
      const copy = join(root, `many-${start}`);
      cpSync(folder, copy, { recursive: true });
      await level.close();
      const acknowledged = await readAcknowledged(copy);
      expect(acknowledged).toBeGreaterThan(30 * (start + 1));
      expect(await lastSequenceIn(copy)).toBe(acknowledged);
      await openAndClose(copy);
    }
  });

  it('reveals a log of a killed process that was cut at the end of any record', async () => {
    for (const [number, size] of [0, ...logSizes.slice(0, -1)].entries()) {
      const folder = aCopy();
      truncateSync(join(folder, logName), size);
      await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
        code: 'DataFolderDamaged',
        message: expect.stringMatching(
          `/${logName} is damaged: the last ${number === 5 ? 'acknowledged change is' : '\\d acknowledged changes are'} missing\\.`,
        ),
      });
    }
  });

  it('reveals a log that was cut inside of an acknowledged record at the end of a page', async () => {
    const folder = aCopy();
    truncateSync(join(folder, logName), 40_960);
    await expect(LevelDatabase.open(folder)).rejects.toMatchObject({ code: 'DataFolderDamaged' });
  });

  it('does not matter when a kill came between a write and its acknowledgement', async () => {
    const folder = aCopy();
    const numberBefore = join(root, 'before');
    const level = await LevelDatabase.open(folder);
    cpSync(join(folder, 'acknowledged'), numberBefore);
    await level.write([{ put: 'unacknowledged', value: 1 }]);
    const copy = join(root, 'unacknowledged');
    cpSync(folder, copy, { recursive: true });
    cpSync(numberBefore, join(copy, 'acknowledged'));
    await level.close();
    expect(await openAndClose(copy)).toEqual(['a', 'b', 'c', 'd', 'e', 'unacknowledged']);
  });

  it('is created for a database of an earlier version', async () => {
    const folder = aCopy();
    rmSync(join(folder, 'acknowledged'));
    expect(await openAndClose(folder)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await readAcknowledged(folder)).toBe(9);
  });

  it('is refused with the name of its file after a flip of any byte and a cut at any byte', async () => {
    const folder = aCopy();
    const file = join(folder, 'acknowledged');
    const content = readFileSync(file);
    expect(content.length).toBe(26);
    const damages = Array.from(content).flatMap((byte, at) => {
      const flipped = Buffer.from(content);
      flipped[at] = byte ^ 1;
      return [flipped, content.subarray(0, at)];
    });
    for (const damaged of damages) {
      writeFileSync(file, damaged);
      await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
        code: 'DataFolderDamaged',
        message: expect.stringContaining(`${file} is damaged: `),
      });
    }
  });

  it('is part of what a closed database is compared with', async () => {
    const folder = aCopy();
    await openAndClose(folder);
    writeFileSync(join(folder, 'acknowledged'), '');
    await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`${join(folder, 'acknowledged')} is damaged: it has 0 bytes`),
    });
  });
});
