import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';

import { LevelDatabase } from '../../../lib/local/durable/level/level-database.js';
import { dynaliteDatabase } from '../../../lib/local/dynamodb/dynalite-database.js';

const ENTRY = 'index-global~runs~byDay~key';

let folder: string;
let level: LevelDatabase;
let writes: jest.SpiedFunction<LevelDatabase['write']>;
let put: (key: string, value: unknown) => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-dynalite-'));
  level = await LevelDatabase.open(folder);
  writes = jest.spyOn(level, 'write');
  put = promisify(dynaliteDatabase(level, () => undefined).put);
});
afterEach(async () => {
  await level.close();
  await rm(folder, { recursive: true });
});

it('An index entry is written only if it changes', async () => {
  for (const day of ['1', '1', '2', '2', '1']) await put(ENTRY, { day: { S: day } });

  expect(writes).toHaveBeenCalledTimes(3);
  expect(await level.get(ENTRY)).toEqual({ day: { S: '1' } });
});

it('An index entry that was deleted is written again', async () => {
  await put(ENTRY, { day: { S: '1' } });
  await level.write([{ delete: ENTRY }]);
  await put(ENTRY, { day: { S: '1' } });
  expect(await level.get(ENTRY)).toEqual({ day: { S: '1' } });
});

it('An item is written each time', async () => {
  for (let time = 0; time < 2; time += 1) await put('item-runs~key', { runId: { S: 'r-1' } });
  expect(writes).toHaveBeenCalledTimes(2);
});
