import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { placeIdentity, readPlaceIdentity } from '../../../lib/local/place-identity.js';
import { repairDataFolder } from '../../../lib/local/repair/repair-data-folder.js';
import { emptyStackRecord } from '../../../lib/local/template/new-stack-record.js';
import { openStackStore } from '../../../lib/local/template/stack-store.js';
import { makeMemoryFolder } from '../place/memory-folder.js';
import { openTestPlaceContext } from '../test-place-context.js';

const IDENTITY = 'identity.json';
const OF_STACKS = { account: '123456789012', region: 'eu-central-1' };
const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

let folder: string;
beforeEach(async () => {
  folder = makeMemoryFolder('codeseeder-identity-');
  await placeIdentity(folder, OF_STACKS);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Creates the store without the record of the folder's parts, as after the loss of this record. */
async function createStore(hasStack: boolean): Promise<void> {
  const store = await openDurableStore(join(folder, 'store'));
  const context = await openTestPlaceContext({ store, dataFolder: folder });
  if (hasStack) await openStackStore(store).put(emptyStackRecord(context, 'demo'));
  else await store.collection('other').put('key', 'value');
  await store.close();
}
const damageIdentity = () => {
  const path = join(folder, IDENTITY);
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
};
const lossesOf = async () =>
  (await repairDataFolder(folder)).lost.filter(({ subject }) => subject === IDENTITY);

describe('`local repair` of an identity whose record is lost', () => {
  it.each([
    ['damaged', damageIdentity],
    ['missing', () => rmSync(join(folder, IDENTITY))],
  ])('A %s identity is created again with the account and region of a stack', async (_what, harm) => {
    await createStore(true);
    harm();
    expect(await lossesOf()).toEqual([
      { subject: IDENTITY, reason: 'the credentials are lost; new ones were created' },
    ]);
    expect(await readPlaceIdentity(folder)).toMatchObject(OF_STACKS);
    expect(await lossesOf()).toEqual([]);
  });

  it('The report says that account and region cannot be repaired if no stack is left', async () => {
    await createStore(false);
    damageIdentity();
    expect(await lossesOf()).toEqual([
      { subject: IDENTITY, reason: expect.stringContaining('Account and region cannot be repaired') },
    ]);
    expect(await readPlaceIdentity(folder)).toMatchObject(DEFAULTS);
    expect(await lossesOf()).toEqual([]);
  });

  it('An intact identity is kept if the whole store is lost', async () => {
    const before = await readPlaceIdentity(folder);
    expect(await lossesOf()).toEqual([]);
    expect(await readPlaceIdentity(folder)).toEqual(before);
  });
});
