import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import {
  damage,
  filesByKind,
  makeData,
  randomFrom,
  readFolder,
  startOnCopy,
  type Damaging,
  type Reading,
} from './damaged-data.js';
import { makeMemoryFolder } from './memory-folder.js';

/**
 * Number of times that each type of file is damaged in each way. Set `CODESEEDER_DAMAGE_ROUNDS=50` to test more.
 */
const ROUNDS = Number(process.env['CODESEEDER_DAMAGE_ROUNDS'] ?? 1);
const SEED = Number(process.env['CODESEEDER_DAMAGE_SEED'] ?? 1);

/** Types of files in the data folder of a local AWS that was stopped normally. */
const KINDS = [
  'store CURRENT',
  'store MANIFEST',
  'store .ldb',
  'store .log',
  'store acknowledged',
  'dynamodb CURRENT',
  'dynamodb MANIFEST',
  'dynamodb .ldb',
  'dynamodb .log',
  'dynamodb acknowledged',
  's3 blob',
  'logs .jsonl',
  'identity.json .json',
];

let stopped: string;
let killed: string;
let expected: Reading;

beforeAll(async () => {
  stopped = makeMemoryFolder('codeseeder-stopped-');
  killed = makeMemoryFolder('codeseeder-killed-');
  await makeData(stopped, () => cpSync(stopped, killed, { recursive: true }));
  const copy = makeMemoryFolder('codeseeder-copy-');
  cpSync(stopped, copy, { recursive: true });
  expected = await readFolder(copy);
  rmSync(copy, { recursive: true });
}, 60_000);
afterAll(() => {
  for (const folder of [stopped, killed]) rmSync(folder, { recursive: true, force: true });
});

describe('A local AWS on a data folder', () => {
  it('A local AWS reads all data after an orderly stop and after a kill', async () => {
    expect(Object.values(expected).filter((found) => found.startsWith('error'))).toEqual([]);
    for (const folder of [stopped, killed]) {
      expect(await startOnCopy(folder, () => undefined, expected)).toEqual({ differs: [], errors: [] });
    }
    expect([...filesByKind(stopped).keys()]).toEqual(expect.arrayContaining(KINDS));
  });

  it.each(['store', 'dynamodb'])(
    'A local AWS refuses a folder without the number of the last acknowledged write of %s, at each start',
    async (database) => {
      const copy = makeMemoryFolder('codeseeder-copy-');
      cpSync(killed, copy, { recursive: true });
      rmSync(join(copy, database, 'acknowledged'));
      for (let start = 0; start < 2; start += 1) {
        await expect(readFolder(copy)).rejects.toMatchObject({
          code: 'DataFolderDamaged',
          message: expect.stringContaining(
            `${join(copy, database, 'acknowledged')} is damaged: it is missing`,
          ),
        });
      }
      rmSync(copy, { recursive: true });
    },
  );

  it('A local AWS reads the folder of an earlier version, which has no number of the last acknowledged write', async () => {
    const copy = makeMemoryFolder('codeseeder-copy-');
    cpSync(killed, copy, { recursive: true });
    const store = await openDurableStore(join(copy, 'store'));
    const parts = store.collection<readonly string[]>('data-folder');
    const recorded = (await parts.get('parts')) ?? [];
    await parts.put(
      'parts',
      recorded.filter((part) => !part.endsWith('/acknowledged')),
    );
    await store.close();
    for (const database of ['store', 'dynamodb']) {
      rmSync(join(copy, database, 'acknowledged'));
      rmSync(join(copy, database, 'sealed.json'), { force: true });
    }
    expect(await readFolder(copy)).toEqual(expected);
    expect([...filesByKind(copy).keys()]).toEqual(
      expect.arrayContaining(['store acknowledged', 'dynamodb acknowledged']),
    );
    rmSync(copy, { recursive: true });
  });

  const cases = KINDS.flatMap((kind) =>
    (['flip', 'cut', 'delete'] satisfies Damaging[]).map((how) => ({ kind, how })),
  );
  it.each(cases)(
    'A local AWS never returns other data without an error after $how of $kind',
    async ({ kind, how }) => {
      const silent: string[] = [];
      for (const [after, folder] of Object.entries({ stopped, killed })) {
        const file = filesByKind(folder).get(kind);
        if (file === undefined) throw new Error(`There is no file ${kind}.`);
        for (let round = 0; round < (how === 'delete' ? 1 : ROUNDS); round += 1) {
          const random = randomFrom(SEED + round * 7_919);
          const found = await startOnCopy(folder, (copy) => damage(join(copy, file), how, random), expected);
          silent.push(...found.differs.map((each) => `${after}, round ${round}: ${each}`));
          if (found.refused === undefined) continue;
          // For a damaged manifest, the error may name the file CURRENT, which refers to the manifest.
          const name = kind.endsWith('MANIFEST') ? '(MANIFEST-|CURRENT)' : basename(file);
          expect(found.refused).toMatchObject({
            code: 'DataFolderDamaged',
            message: expect.stringMatching(`/${name}.* is damaged: .*\\bcodeseeder local repair --data `),
          });
        }
      }
      expect(silent).toEqual([]);
    },
    600_000,
  );
});
