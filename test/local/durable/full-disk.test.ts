import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LevelDatabase } from '../../../lib/local/durable/level/level-database.js';
import { mountSmallDisk, noSmallDisk, type SmallDisk } from './small-disk.js';

const itOnSmallDisk = noSmallDisk === undefined ? it : it.skip;

let disk: SmallDisk;
let folder: string;
let level: LevelDatabase;
let problems: string[];
/** The values of keys whose write was acknowledged. */
let acknowledged: Map<string, string>;

beforeEach(async () => {
  if (noSmallDisk !== undefined) return;
  disk = mountSmallDisk(8);
  folder = join(disk.folder, 'store');
  problems = [];
  acknowledged = new Map();
  level = await LevelDatabase.open(folder, { report: (problem) => void problems.push(problem) });
});
afterEach(async () => {
  if (noSmallDisk !== undefined) return;
  await level.close().catch(() => undefined);
  disk.dispose();
});

async function put(key: string): Promise<void> {
  const value = `${key}-${'v'.repeat(3_000)}`;
  await level.write([{ put: key, value }]);
  acknowledged.set(key, value);
}

/** Writes keys with several writers at the same time. Returns the codes of the errors. */
async function putMany(name: string, writers: number, each: number): Promise<string[]> {
  const codes: string[] = [];
  const write = async (writer: number) => {
    for (let number = 0; number < each; number += 1) {
      await put(`${name}-${writer}-${number}`).catch((error: NodeJS.ErrnoException) => {
        codes.push(error.code ?? error.message);
      });
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return codes;
}

async function missingIn(database: LevelDatabase): Promise<string[]> {
  const missing: string[] = [];
  for (const [key, value] of acknowledged) if ((await database.get(key)) !== value) missing.push(key);
  return missing;
}

/**
 * Opens a copy of the files, as a start after `kill -9` does. Returns the acknowledged keys that are missing.
 */
async function missingAfterKill(): Promise<string[]> {
  const copy = mkdtempSync(join(tmpdir(), 'codeseeder-killed-'));
  try {
    copyFolder(copy);
    const reopened = await LevelDatabase.open(copy);
    const missing = await missingIn(reopened);
    await reopened.close();
    return missing;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Copies the files. Starts again if LevelDB deletes one of them meanwhile, which it does after compacting it.
 */
function copyFolder(copy: string): void {
  for (;;) {
    try {
      cpSync(folder, copy, { recursive: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

describe(`A database on a full disk${noSmallDisk === undefined ? '' : ` (${noSmallDisk})`}`, () => {
  itOnSmallDisk(
    'A database on a full disk refuses writes, still reads, and accepts writes again when there is space',
    async () => {
      await putMany('before', 4, 20);
      disk.fill();
      const codes = await putMany('full', 2, 3);
      expect(new Set(codes)).toEqual(new Set(['DataFolderNotWritable']));
      expect(await missingIn(level)).toEqual([]);
      expect(await missingAfterKill()).toEqual([]);
      disk.free();
      expect(await putMany('after', 4, 25)).toEqual([]);
      expect(acknowledged.size).toBeGreaterThanOrEqual(180);
      expect(await missingAfterKill()).toEqual([]);
      expect(problems).toEqual([
        expect.stringMatching(
          /^The local AWS cannot write to .*\/store: .*No space left on device. Free space/,
        ),
        expect.stringMatching(/^The local AWS can write to .*\/store again\.$/),
      ]);
    },
  );

  itOnSmallDisk(
    'A database loses no acknowledged write of writers that write while the disk fills',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const writing = putMany(`round-${round}`, 8, 40);
        await new Promise((resolve) => setTimeout(resolve, 3 + 5 * round));
        disk.fill();
        await new Promise((resolve) => setTimeout(resolve, 20));
        disk.free();
        await writing;
        expect(await missingIn(level)).toEqual([]);
      }
      expect(await missingAfterKill()).toEqual([]);
      await level.close();
      level = await LevelDatabase.open(folder);
      expect(await missingIn(level)).toEqual([]);
    },
  );

  itOnSmallDisk('A database continues an iteration that began before it was opened again', async () => {
    await putMany('key', 1, 60);
    const seen: string[] = [];
    for await (const [key] of level.entries()) {
      seen.push(key);
      if (seen.length !== 5) continue;
      disk.fill();
      expect(await putMany('zzz', 1, 1)).toEqual(['DataFolderNotWritable']);
      disk.free();
      expect(await putMany('zzz-again', 1, 1)).toEqual([]);
    }
    expect(seen.filter((key) => key.startsWith('key'))).toEqual(
      [...acknowledged.keys()].filter((key) => key.startsWith('key')).sort(),
    );
  });
});
