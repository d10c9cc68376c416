import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { executionArnOf } from '../../../lib/contract/index.js';
import {
  announced,
  codebuild,
  dynamodb,
  executionIs,
  executionIsListed,
  MACHINE,
  NOW,
  reconcile,
  recordIs,
  resetAccount,
  sfn,
  stopped,
  table,
  warnings,
} from './mocked-account.js';

beforeEach(resetAccount);

describe('the sweep', () => {
  const sweep = () => reconcile({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });

  it('The sweep leaves a run alone whose execution is running', async () => {
    recordIs();
    executionIs({ status: 'RUNNING' });

    expect(await sweep()).toEqual({ examined: 1, ended: [], left: 0 });
    expect(table.get('run-1')?.status).toBe('BUILDING');
  });

  it('The sweep finds every open run of the newest days, page by page', async () => {
    const runIds = ['a', 'b', 'c'];
    runIds.forEach((runId, age) => {
      recordIs({ runId, day: new Date(NOW.getTime() - age * 86_400_000).toISOString().slice(0, 10) });
      executionIs({ status: 'ABORTED' }, runId);
    });
    recordIs({ runId: 'd' });
    executionIs({ status: 'ABORTED' }, 'd');

    expect((await sweep()).ended.toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('The sweep ends a run whose execution no longer exists', async () => {
    recordIs();
    sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ $metadata: {}, message: 'gone' }));
    await sweep();

    expect(table.get('run-1')).toMatchObject({ status: 'FAILED', failure: { code: 'ControlPlaneError' } });
  });

  it.each([
    ['announces an end', '2026-03-01T10:57:59.000Z', 1],
    ['leaves it to the machine to announce an end', '2026-03-01T10:58:01.000Z', 0],
  ])('The sweep %s recorded at %s', async (_, finishedAt, count) => {
    recordIs({ status: 'SUCCEEDED', finishedAt });
    await sweep();

    expect(announced()).toHaveLength(count);
  });

  it('The sweep queries the index only for runs that may need work', async () => {
    await sweep();

    const all = dynamodb.commandCalls(QueryCommand).map((call) => call.args[0].input);
    const queries = all.filter(({ IndexName }) => IndexName === 'byDay');
    expect(all).toHaveLength(queries.length + 1);
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
        ':recently': { S: '2026-03-01T10:00:00.000Z' },
      },
    });
  });

  describe('with executions that the machine lists', () => {
    const described = () =>
      sfn.commandCalls(DescribeExecutionCommand).map((call) => call.args[0].input.executionArn);

    it('The sweep does not describe an execution that is listed as running, on whichever page', async () => {
      for (const runId of ['a', 'b', 'c']) {
        recordIs({ runId });
        executionIsListed(runId, 'RUNNING');
      }
      recordIs({ runId: 'd' });
      executionIs({ status: 'ABORTED' }, 'd');

      expect(await sweep()).toEqual({ examined: 4, ended: ['d'], left: 0 });
      expect(described()).toEqual([executionArnOf(MACHINE, 'd')]);
    });

    it('The sweep lists running executions of the last four days and ended ones of the last six hours', async () => {
      executionIsListed('new', 'RUNNING');
      executionIsListed('old', 'RUNNING', new Date('2026-02-25T10:59:59Z'));
      executionIsListed('older', 'RUNNING', new Date('2026-02-25T10:59:58Z'));
      executionIsListed('stopped-before', 'ABORTED', new Date('2026-03-01T04:59:59Z'));
      executionIsListed('stopped-long-before', 'ABORTED', new Date('2026-03-01T04:59:58Z'));

      expect(await sweep()).toEqual({ examined: 0, ended: [], left: 0 });
      const lists = sfn.commandCalls(ListExecutionsCommand).map((call) => call.args[0].input);
      expect(lists.map(({ statusFilter, nextToken }) => [statusFilter, nextToken])).toEqual([
        ['RUNNING', undefined],
        ['RUNNING', '1'],
        ['ABORTED', undefined],
        ['FAILED', undefined],
        ['TIMED_OUT', undefined],
      ]);
      expect(lists[0]).toMatchObject({ stateMachineArn: MACHINE, maxResults: 1_000 });
      expect(dynamodb.commandCalls(BatchGetItemCommand)).toHaveLength(0);
    });

    it('The sweep waits two minutes before it describes a run that is not listed yet', async () => {
      recordIs({ runId: 'young', queuedAt: '2026-03-01T10:58:01.000Z' });
      recordIs({ runId: 'older', queuedAt: '2026-03-01T10:57:59.000Z' });
      await sweep();

      expect(described()).toEqual([executionArnOf(MACHINE, 'older')]);
    });

    it('The sweep ends a run at once when its execution is listed as ended', async () => {
      recordIs({ queuedAt: '2026-03-01T10:59:50.000Z' });
      executionIsListed('run-1', 'ABORTED');
      executionIs({ status: 'ABORTED' });

      expect((await sweep()).ended).toEqual(['run-1']);
    });

    it.each([
      ['ABORTED', 'CANCELED'],
      ['FAILED', 'FAILED'],
      ['TIMED_OUT', 'TIMED_OUT'],
    ] as const)('The sweep records and announces a run without a record that is %s', async (status, end) => {
      executionIsListed('run-1', status);
      executionIs({ status });

      expect(await sweep()).toEqual({ examined: 1, ended: ['run-1'], left: 0 });
      expect(table.get('run-1')).toMatchObject({ status: end, labels: { team: 'a' } });
      expect(announced()).toMatchObject([{ runId: 'run-1', status: end }]);
    });

    it('The sweep does not describe a run that is recorded and announced', async () => {
      recordIs({
        status: 'CANCELED',
        finishedAt: '2026-03-01T10:05:00.000Z',
        announcedAt: '2026-03-01T10:05:01.000Z',
      });
      executionIsListed('run-1', 'ABORTED');
      await sweep();

      expect(described()).toEqual([]);
      expect(announced()).toEqual([]);
    });

    it('The sweep does not treat a run as unrecorded if DynamoDB left its record out of the response', async () => {
      executionIsListed('run-1', 'ABORTED');
      dynamodb
        .on(BatchGetItemCommand)
        .resolves({ UnprocessedKeys: { runs: { Keys: [{ runId: { S: 'run-1' } }] } } });

      expect(await sweep()).toEqual({ examined: 0, ended: [], left: 0 });
      expect(announced()).toEqual([]);
    });
  });

  it('The sweep reads the builds of failed runs a hundred at a time and stops those that are running', async () => {
    const announcedAt = '2026-03-01T10:59:00.000Z';
    const runIds = Array.from({ length: 150 }, (_, index) => `run-${index}`);
    for (const runId of runIds) {
      recordIs({ runId, status: 'FAILED', finishedAt: announcedAt, announcedAt, buildId: `p:${runId}` });
    }
    codebuild.on(BatchGetBuildsCommand).callsFake(async ({ ids = [] }: { ids?: string[] }) => ({
      builds: ids.map((id) => ({ id, buildComplete: id !== 'p:run-7' })),
    }));

    expect((await sweep()).ended).toEqual(['run-7']);
    expect(stopped()).toEqual(['p:run-7']);
    const batches = codebuild
      .commandCalls(BatchGetBuildsCommand)
      .map((call) => call.args[0].input.ids?.length);
    expect(batches).toEqual([100, 50, 1]);
  });

  describe('when requests fail', () => {
    const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

    beforeEach(() => {
      for (const runId of ['a', 'b', 'c']) {
        recordIs({ runId, buildId: `p:${runId}` });
        executionIs({ status: 'ABORTED' }, runId);
      }
    });

    it('The sweep leaves a run to the next sweep when its execution cannot be described for now', async () => {
      sfn.on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, 'b') }).rejects(throttled());

      const { ended, left } = await sweep();
      expect([ended.toSorted(), left]).toEqual([['a', 'c'], 1]);
      expect(stopped().toSorted()).toEqual(['p:a', 'p:c']);
      expect(table.get('b')?.status).toBe('BUILDING');
      expect(warnings).toEqual(['Could not reconcile the run b: the next sweep tries again']);
    });

    it('The sweep stops no build that it could not read', async () => {
      codebuild.on(BatchGetBuildsCommand).rejects(throttled());

      expect(await sweep()).toMatchObject({ ended: [], left: 3 });
      expect(stopped()).toEqual([]);
    });

    it('The sweep describes the executions of open runs when it cannot list them', async () => {
      sfn.on(ListExecutionsCommand).rejects(throttled());

      expect((await sweep()).ended.toSorted()).toEqual(['a', 'b', 'c']);
      expect(warnings).toHaveLength(4);
    });

    it('The sweep ends no run when it cannot read the open runs', async () => {
      dynamodb.on(QueryCommand).rejects(throttled());

      expect(await sweep()).toEqual({ examined: 0, ended: [], left: 0 });
      expect(stopped()).toEqual([]);
    });

    it('The sweep continues after an error that is not transient, and throws it at the end', async () => {
      sfn
        .on(DescribeExecutionCommand, { executionArn: executionArnOf(MACHINE, 'b') })
        .rejects(new Error('denied'));

      await expect(sweep()).rejects.toThrow('Steps of the sweep that failed: 1.');
      expect(
        announced()
          .map(({ runId }) => runId)
          .toSorted(),
      ).toEqual(['a', 'c']);
    });
  });
});
