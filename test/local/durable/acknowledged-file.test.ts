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
/** Folder of a database that was not closed, and the size of its log after each write. */
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

/** Returns groups of changes: a single change, several changes, deletions, and two changes of one key. */
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
  it("The acknowledged number is the sequence number of LevelDB's last change", async () => {
    expect(await readAcknowledged(killed)).toBe(9);
    expect(await lastSequenceIn(killed)).toBe(9);
  });

  it('The acknowledged number is that of LevelDB after many concurrent writes and after starts that follow a kill', async () => {
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

  it('The acknowledged number reveals that the log of a killed process was cut at the end of any record', async () => {
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

  it('The acknowledged number reveals that a log was cut inside of an acknowledged record at the end of a page', async () => {
    const folder = aCopy();
    truncateSync(join(folder, logName), 40_960);
    await expect(LevelDatabase.open(folder)).rejects.toMatchObject({ code: 'DataFolderDamaged' });
  });

  it('A database opens if the process was killed between a write and its acknowledgement', async () => {
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

  it('The file of the acknowledged number is created for a database of an earlier version', async () => {
    const folder = aCopy();
    rmSync(join(folder, 'acknowledged'));
    expect(await openAndClose(folder)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await readAcknowledged(folder)).toBe(9);
  });

  it('A changed or truncated file of the acknowledged number is refused with its name', async () => {
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

  it('The acknowledged number is part of the seal of a closed database', async () => {
    const folder = aCopy();
    await openAndClose(folder);
    writeFileSync(join(folder, 'acknowledged'), '');
    await expect(LevelDatabase.open(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`${join(folder, 'acknowledged')} is damaged: it has 0 bytes`),
    });
  });
});
