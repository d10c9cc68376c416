import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { executionArnOf } from '../../../lib/contract/index.js';
import {
  announced,
  dynamodb,
  executionIs,
  failures,
  MACHINE,
  NOW,
  reconcile,
  recordIs,
  resetAccount,
  sfn,
  table,
} from './mocked-account.js';

beforeEach(resetAccount);

describe('the sweep', () => {
  const sweep = () => reconcile({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });

  it('leaves runs alone whose executions go on', async () => {
    recordIs();
    executionIs({ status: 'RUNNING' });

    expect(await sweep()).toEqual({ examined: 1, ended: [] });
    expect(table.get('run-1')?.status).toBe('BUILDING');
  });

  it('finds every open run of the newest days, page by page', async () => {
    const runIds = ['a', 'b', 'c'];
    runIds.forEach((runId, age) => {
      recordIs({ runId, day: new Date(NOW.getTime() - age * 86_400_000).toISOString().slice(0, 10) });
      executionIs({ status: 'ABORTED' }, runId);
    });
    recordIs({ runId: 'd' });
    executionIs({ status: 'ABORTED' }, 'd');

    expect((await sweep()).ended.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends a run whose execution is gone', async () => {
    recordIs();
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ $metadata: {}, message: 'gone' }));
    await sweep();

    expect(table.get('run-1')).toMatchObject({ status: 'FAILED', failure: { code: 'ControlPlaneError' } });
  });

  it.each([
    ['announces an end', '2026-03-01T10:57:59.000Z', 1],
    ['leaves it to the machine to announce an end', '2026-03-01T10:58:01.000Z', 0],
  ])('%s of %s', async (_, finishedAt, count) => {
    recordIs({ status: 'SUCCEEDED', finishedAt });
    await sweep();

    expect(announced()).toHaveLength(count);
  });

  it('asks the index for what is open only', async () => {
    await sweep();

    const queries = dynamodb.commandCalls(QueryCommand).map((call) => call.args[0].input);
    expect(queries.map((query) => query.ExpressionAttributeValues?.[':day']?.S)).toEqual([
      '2026-03-01',
      '2026-02-28',
      '2026-02-27',
      '2026-02-26',
    ]);
    expect(queries[0]).toMatchObject({
      IndexName: 'byDay',
      FilterExpression: [
        '#status IN (:active0, :active1)',
        'attribute_not_exists(#announcedAt)',
        '(attribute_exists(#buildRequestedAt) AND attribute_not_exists(#buildId))',
        '(#status <> :succeeded AND #finishedAt > :recently AND attribute_exists(#buildId))',
      ].join(' OR '),
      ExpressionAttributeValues: {
        ':succeeded': { S: 'SUCCEEDED' },
        ':recently': { S: '2026-03-01T10:45:00.000Z' },
      },
    });
  });

  it('goes on after a run that cannot be reconciled, and says so at the end', async () => {
    for (const runId of ['a', 'b', 'c']) {
      recordIs({ runId });
      executionIs({ status: 'ABORTED' }, runId);
    }
    sfn
      .on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, 'b') })
      .rejects(new Error('throttled'));

    await expect(sweep()).rejects.toThrow('1 of 3 runs could not be reconciled');
    expect(failures).toEqual(['b']);
    expect(
      announced()
        .map(({ runId }) => runId)
        .toSorted(),
    ).toEqual(['a', 'c']);
  });
});
