import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startLocalPlace } from '../../../lib/local/start-place.js';
import {
  damage,
  endsWithRecord,
  filesByKind,
  makeData,
  randomFrom,
  readData,
  startOnCopy,
  type Damaging,
  type Reading,
} from './damaged-data.js';

/** Changes of each kind and way. `CODESEEDER_DAMAGE_ROUNDS=50` makes more. */
const ROUNDS = Number(process.env['CODESEEDER_DAMAGE_ROUNDS'] ?? 1);
const SEED = Number(process.env['CODESEEDER_DAMAGE_SEED'] ?? 1);

/** Kinds of files of a data folder after an orderly stop. */
const KINDS = [
  'store CURRENT',
  'store MANIFEST',
  'store .ldb',
  'store .log',
  'dynamodb CURRENT',
  'dynamodb MANIFEST',
  'dynamodb .ldb',
  'dynamodb .log',
  's3 blob',
  'logs .jsonl',
  'identity.json .json',
];

let stopped: string;
let killed: string;
let expected: Reading;

beforeAll(async () => {
  stopped = mkdtempSync(join(tmpdir(), 'codeseeder-stopped-'));
  killed = mkdtempSync(join(tmpdir(), 'codeseeder-killed-'));
  await makeData(stopped, () => cpSync(stopped, killed, { recursive: true }));
  const copy = mkdtempSync(join(tmpdir(), 'codeseeder-copy-'));
  cpSync(stopped, copy, { recursive: true });
  const place = await startLocalPlace({ dataFolder: copy });
  expected = await readData(place);
  await place.close();
  rmSync(copy, { recursive: true });
}, 60_000);
afterAll(() => {
  for (const folder of [stopped, killed]) rmSync(folder, { recursive: true, force: true });
});

describe('A local AWS on a data folder', () => {
  it('reads all data after an orderly stop and after a kill', async () => {
    expect(Object.values(expected).filter((found) => found.startsWith('error'))).toEqual([]);
    for (const folder of [stopped, killed]) {
      expect(await startOnCopy(folder, () => undefined, expected)).toEqual({ differs: [], errors: [] });
    }
    expect([...filesByKind(stopped).keys()]).toEqual(expect.arrayContaining(KINDS));
  });

  const cases = KINDS.flatMap((kind) =>
    (['flip', 'cut', 'delete'] satisfies Damaging[]).map((how) => ({ kind, how })),
  );
  it.each(cases)(
    'never reads other data without an error after: $how of $kind',
    async ({ kind, how }) => {
      const silent: string[] = [];
      for (const [after, folder] of Object.entries({ stopped, killed })) {
        const file = filesByKind(folder).get(kind);
        if (file === undefined) throw new Error(`There is no file ${kind}.`);
        for (let round = 0; round < (how === 'delete' ? 1 : ROUNDS); round += 1) {
          const random = randomFrom(SEED + round * 7_919);
          let isLastWriteMissing = false;
          const { refused, differs, errors } = await startOnCopy(
            folder,
            (copy) => {
              damage(join(copy, file), how, random);
              isLastWriteMissing = after === 'killed' && how === 'cut' && endsWithRecord(join(copy, file));
            },
            expected,
          );
          // After a kill, a log that ends with a whole record is as it was before its later writes.
          if (isLastWriteMissing && refused === undefined) continue;
          silent.push(...differs.map((each) => `${after}, round ${round}: ${each}`));
          if (refused === undefined && errors.length === 0) continue;
          const message = refused?.message ?? errors.join();
          // A log whose number is in the manifest is named as missing. Connections are cut without a message.
          if (refused !== undefined) {
            expect(refused).toMatchObject({ code: 'DataFolderDamaged' });
            expect(message).toContain('codeseeder local repair --data');
          }
        }
      }
      expect(silent).toEqual([]);
    },
    600_000,
  );
});
