import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { iterateRuns, listRuns } from '../../../client/list/list-runs.js';
import type { ListRunsOptions } from '../../../client/index.js';
import { type RunRecord, transitionToEnd } from '../../../lib/contract/index.js';
import { updateRecord } from '../../../lib/run-store/record.js';
import { aRunQueuedAgo, openRunTable, type TestRunTable } from './run-table.js';

const DAY = 24 * 60;
const idsOf = (records: readonly RunRecord[]) => records.map(({ runId }) => runId);

describe('a list of runs with filters', () => {
  let table: TestRunTable;
  const list = async (options: ListRunsOptions) => idsOf(await listRuns(table.connection, options));

  beforeAll(async () => {
    table = await openRunTable('runs');
    const others = Array.from({ length: 1_000 }, (_, index) =>
      aRunQueuedAgo(60 + index, {
        runId: `other-${index}`,
        labels: { stage: 'dev' },
        target: 'src/a.ts#build',
      }),
    );
    await table.put([
      // This run is older than 30 days, so all runs of the last 30 days have index entries.
      aRunQueuedAgo(40 * DAY, { runId: 'first' }),
      ...others,
      aRunQueuedAgo(70, { runId: 'a', labels: { stage: 'prod', team: 'infra' }, status: 'FAILED' }),
      aRunQueuedAgo(90, { runId: 'b', labels: { stage: 'prod' }, trigger: 'SCHEDULE', lock: 'net' }),
      aRunQueuedAgo(500, { runId: 'c', labels: { stage: 'prod', team: 'infra' }, name: 'nightly' }),
      aRunQueuedAgo(700, {
        runId: 'd',
        labels: { stage: 'dev' },
        status: 'FAILED',
        mapId: 'm-1',
        mapIndex: 3,
      }),
      aRunQueuedAgo(2 * DAY, { runId: 'gone', labels: { stage: 'prod' }, expiresAt: 1_000 }),
      ...['a', 'b', 'a'].map((schedule, index) =>
        aRunQueuedAgo(3 * DAY + index, {
          runId: `of-${schedule}-20260301T0${index}0000Z-0123abcd`,
          trigger: 'SCHEDULE',
        }),
      ),
      // Any client may choose such an id.
      aRunQueuedAgo(3 * DAY + 9, { runId: 'of-a-20260301T090000Z-0123abcd', trigger: 'CLIENT' }),
      aRunQueuedAgo(10 * DAY, { runId: 'e', labels: { stage: 'prod' }, target: 'src/b.ts#deploy' }),
    ]);
  });
  afterAll(() => table.close());

  it('A list by label has the runs with the label, newest first, and reads no other run', async () => {
    // The first list of a client also reads since when runs have entries.
    await list({ labels: { stage: 'prod' } });
    table.takeReads();
    expect(await list({ labels: { stage: 'prod' } })).toEqual(['a', 'b', 'c', 'e']);
    // The entries and the records of the five runs, one of which has expired.
    expect(table.takeReads()).toEqual({ requests: { Query: 1, BatchGetItem: 1 }, items: 5 + 5 });
  });

  it('A list by schedule reads only the records whose ids name the schedule', async () => {
    // The first list of a client also reads since when runs have entries.
    await list({ schedule: 'of-b' });
    table.takeReads();
    await list({ schedule: 'of-b' });
    // The entries of the four scheduled runs, and one record.
    expect(table.takeReads()).toEqual({ requests: { Query: 1, BatchGetItem: 1 }, items: 4 + 1 });
  });

  it('A list by a rare and a frequent value skips the runs that have only the frequent one', async () => {
    table.takeReads();
    expect(await list({ labels: { stage: 'dev' }, status: 'FAILED' })).toEqual(['d']);
    expect(table.takeReads().items).toBeLessThan(80);
  });

  it.each<[ListRunsOptions, string[]]>([
    [{ labels: { stage: 'prod', team: 'infra' } }, ['a', 'c']],
    [{ labels: { team: 'infra' }, status: 'SUCCEEDED' }, ['c']],
    [{ target: 'nightly' }, ['c']],
    [{ target: 'src/b.ts#deploy' }, ['e']],
    [{ trigger: 'SCHEDULE', since: '2d' }, ['b']],
    [{ schedule: 'of-a' }, ['of-a-20260301T000000Z-0123abcd', 'of-a-20260301T020000Z-0123abcd']],
    [{ schedule: 'of-a', trigger: 'SCHEDULE', limit: 1 }, ['of-a-20260301T000000Z-0123abcd']],
    [{ schedule: 'of' }, []],
    [{ lock: 'net' }, ['b']],
    [{ map: 'm-1', status: 'FAILED' }, ['d']],
    [{ trigger: 'CLIENT', labels: { stage: 'prod' } }, ['a', 'c', 'e']],
    [{ labels: { stage: 'prod' }, since: '2h' }, ['a', 'b']],
    [{ labels: { stage: 'prod' }, until: '2h' }, ['c', 'e']],
    [{ labels: { stage: 'prod' }, days: 5 }, ['a', 'b', 'c']],
    [{ labels: { stage: 'prod' }, limit: 2 }, ['a', 'b']],
    [{ labels: { stage: 'prod' }, after: 'b' }, ['c', 'e']],
    [{ labels: { stage: 'prod' }, after: 'b', limit: 1 }, ['c']],
    [{ since: '75m', limit: 1_000, until: '65m', trigger: 'CLIENT', status: 'FAILED' }, ['a']],
    [{ labels: { stage: 'other' } }, []],
    [{ status: 'TIMED_OUT' }, []],
  ])('The runs with %j are listed', async (options, ids) => {
    expect(await list(options)).toEqual(ids);
  });

  it('Pages of a list without filters neither repeat nor skip a run', async () => {
    const paged: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await list({ limit: 300, after, until: '30m' });
      if (page.length === 0) break;
      paged.push(...page);
      after = page.at(-1);
    }
    const iterated: string[] = [];
    for await (const { runId } of iterateRuns(table.connection, { until: '30m' })) iterated.push(runId);
    expect(paged).toEqual(iterated);
    expect(new Set(paged).size).toBe(1_009);
  });

  it('An iteration over the runs with a label reads further pages as they are needed', async () => {
    table.takeReads();
    const runs = iterateRuns(table.connection, { labels: { stage: 'dev' } });
    const first = await runs.next();
    expect(first.value).toMatchObject({ runId: 'other-0' });
    expect(table.takeReads().items).toBeLessThanOrEqual(1 + 175 + 100);
    let count = 1;
    for await (const { labels } of runs) count += labels?.['stage'] === 'dev' ? 1 : 0;
    expect(count).toBe(1_001);
  });

  it('A run that ends is no longer found by its former status', async () => {
    const run = aRunQueuedAgo(1, { runId: 'moving', status: 'QUEUED', target: 'src/m.ts#move' });
    await table.put([run]);
    expect(await list({ status: 'QUEUED' })).toEqual(['moving']);

    const end = { status: 'CANCELED', finishedAt: new Date().toISOString() } as const;
    await updateRecord('moving', transitionToEnd(end, undefined), {
      dynamodb: table.dynamodb,
      runTable: 'runs',
    });

    expect(await list({ status: 'QUEUED' })).toEqual([]);
    expect(await list({ status: 'CANCELED', target: 'src/m.ts#move' })).toEqual(['moving']);
  });

  it.each<[ListRunsOptions, string]>([
    [{ since: 'yesterday' }, 'since is not a time: "yesterday"'],
    [{ until: '2026-13-01' }, 'until is not a time: "2026-13-01"'],
    [{ days: 0 }, 'days is 0. Use a whole number of at least 1'],
    [{ limit: 1.5 }, 'limit is not a whole number of at least 1: 1.5'],
  ])('The options %j are refused with their value', async (options, message) => {
    await expect(listRuns(table.connection, options)).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
  });

  it('A list is refused if `after` names a run that does not exist', async () => {
    await expect(list({ after: 'none' })).rejects.toMatchObject({ code: 'RunNotFound' });
  });
});

describe('runs that a former version recorded', () => {
  const prod = { labels: { stage: 'prod' } };
  const OLD = [
    aRunQueuedAgo(9, { runId: 'old-late', ...prod }),
    aRunQueuedAgo(15, { runId: 'old-1', ...prod }),
    aRunQueuedAgo(3 * DAY, { runId: 'old-2', ...prod }),
    aRunQueuedAgo(16, { runId: 'old-other' }),
  ];

  it('A list by label has runs without index entries and runs with them, in the order of time', async () => {
    const table = await openRunTable('runs');
    await table.put(OLD, false);
    // A handler of an earlier version recorded `old-late` without entries, after the first run with entries was
    // recorded.
    await table.put([
      aRunQueuedAgo(10, { runId: 'new-2', ...prod }),
      aRunQueuedAgo(1, { runId: 'new-1', ...prod }),
    ]);

    const found = idsOf(await listRuns(table.connection, prod));
    const newest = idsOf(await listRuns(table.connection, { ...prod, limit: 1 }));
    const next = idsOf(await listRuns(table.connection, { ...prod, after: 'new-2', limit: 1 }));
    await table.close();

    expect(found).toEqual(['new-1', 'old-late', 'new-2', 'old-1', 'old-2']);
    expect(newest).toEqual(['new-1']);
    expect(next).toEqual(['old-1']);
  });

  it('A seedkit that has no index by facet is read by time', async () => {
    const table = await openRunTable('runs', false);
    await table.put(OLD, false);
    const found = idsOf(await listRuns(table.connection, prod));
    await table.close();

    expect(found).toEqual(['old-late', 'old-1', 'old-2']);
  });
});
