import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../../client/index.js';
import type { RunRecord } from '../../../lib/contract/index.js';
import { aRecord, AWS, dynamoDb, resetAccount, mockRecords } from '../mocked-account.js';

const kit = seedkit('demo', { aws: AWS });
const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Mocks the index by day. Each day has the given records, newest first, one per page. */
function mockDays(days: Readonly<Record<string, readonly RunRecord[]>>): void {
  dynamoDb.on(QueryCommand).callsFake((input: Record<string, Record<string, { S: string }>>) => {
    const records = days[input['ExpressionAttributeValues']?.[':day']?.S ?? ''] ?? [];
    const at = Number(input['ExclusiveStartKey']?.['at']?.S ?? 0);
    return {
      Items: records.slice(at, at + 1).map((record) => marshall(record)),
      ...(at + 1 < records.length && { LastEvaluatedKey: { at: { S: String(at + 1) } } }),
    };
  });
}

const idsOf = (records: readonly RunRecord[]) => records.map(({ runId }) => runId);

beforeEach(resetAccount);

describe('the list of runs', () => {
  it('The list of runs goes back day by day, newest first, up to its limit', async () => {
    mockDays({
      [dayAgo(0)]: [aRecord({ runId: 'd' }), aRecord({ runId: 'c' })],
      [dayAgo(3)]: [aRecord({ runId: 'b' }), aRecord({ runId: 'a' })],
    });

    expect(idsOf(await kit.runs.list())).toEqual(['d', 'c', 'b', 'a']);
    expect(idsOf(await kit.runs.list({ limit: 3 }))).toEqual(['d', 'c', 'b']);
    expect(idsOf(await kit.runs.list({ days: 2 }))).toEqual(['d', 'c']);
    expect(dynamoDb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'byDay',
      ScanIndexForward: false,
    });
  });

  it('The list of runs leaves out runs of other statuses, and expired ones that DynamoDB has not deleted yet', async () => {
    mockDays({
      [dayAgo(0)]: [
        aRecord({ runId: 'failed', status: 'FAILED' }),
        aRecord({ runId: 'expired', status: 'FAILED', expiresAt: 1_000 }),
        aRecord({ runId: 'queued' }),
      ],
    });

    expect(idsOf(await kit.runs.list({ status: 'FAILED' }))).toEqual(['failed']);
  });
});

describe('one run', () => {
  it('A run is read by its id', async () => {
    mockRecords(aRecord({ runId: 'run-7' }));

    await expect(kit.runs.get('run-7')).resolves.toMatchObject({ runId: 'run-7', status: 'QUEUED' });
  });

  it('A run whose record has expired is not found', async () => {
    mockRecords(aRecord({ expiresAt: 1_000 }));

    await expect(kit.runs.get('run-1')).rejects.toMatchObject({ code: 'RunNotFound' });
  });
});
