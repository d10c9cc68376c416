import { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { RunRecord } from '../../lib/contract/index.js';
import { marshalled, readRecords } from '../../lib/run-store/record.js';
import { aRunRecord } from '../contract/builders.js';

const dynamodb = mockClient(DynamoDBClient);
const TABLE = { dynamodb: new DynamoDBClient({}), runTable: 'runs' };

beforeEach(() => {
  dynamodb.reset();
});

async function read(stored: readonly RunRecord[], known: readonly (RunRecord | undefined)[]) {
  const Responses = { runs: stored.map(marshalled) };
  dynamodb.on(BatchGetItemCommand).resolves({ Responses });
  const { records } = await readRecords(['a', 'b'], TABLE, known);
  return records;
}

describe('Records that are read again', () => {
  it('A record that has not changed is the same object, and a changed one has its new values', async () => {
    const [a, b] = [aRunRecord({ runId: 'a' }), aRunRecord({ runId: 'b' })];
    const first = await read([a, b], [undefined, undefined]);
    expect([...first.values()]).toEqual([a, b]);
    const changed = aRunRecord({ runId: 'b', status: 'BUILDING' });
    const second = await read([a, changed], [first.get('a'), first.get('b')]);
    expect(second.get('a')).toBe(first.get('a'));
    expect(second.get('b')).toEqual(changed);
    const third = await read([a, changed], [second.get('a'), second.get('b')]);
    expect(third.get('b')).toBe(second.get('b'));
  });

  it('A record that the caller does not know is read, and one that is no longer stored is left out', async () => {
    const a = aRunRecord({ runId: 'a' });
    const first = await read([a], []);
    expect(first.get('a')).toEqual(a);
    expect(await read([], [first.get('a')])).toEqual(new Map());
  });
});
