import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { watchRuns } from '../../../client/list/watch-runs.js';
import type { WatchedRuns, WatchRunsOptions } from '../../../client/index.js';
import { transitionToEnd } from '../../../lib/contract/index.js';
import { updateRecord } from '../../../lib/run-store/record.js';
import { aRunQueuedAgo, openRunTable, type TestRunTable } from './run-table.js';

let table: TestRunTable;

beforeEach(async () => {
  table = await openRunTable('runs');
  await table.put([
    // Old enough that all runs of the last 30 days were recorded with entries.
    aRunQueuedAgo(40 * 24 * 60, { runId: 'first' }),
    aRunQueuedAgo(50, { runId: 'old', labels: { stage: 'prod' } }),
    aRunQueuedAgo(30, { runId: 'slow', labels: { stage: 'prod' }, status: 'BUILDING' }),
    aRunQueuedAgo(20, { runId: 'other', labels: { stage: 'dev' } }),
  ]);
});
afterEach(() => table.close());

/** Starts a watch that reads again at once. */
function watch(options: WatchRunsOptions = {}) {
  const lists = watchRuns(table.connection, options, 0);
  return async () => idsOf(((await lists.next()) as IteratorYieldResult<WatchedRuns>).value);
}

function idsOf({ runs, changed }: WatchedRuns) {
  return { runs: runs.map(({ runId }) => runId), changed: changed.map(({ runId }) => runId) };
}

async function end(runId: string, status: 'SUCCEEDED' | 'FAILED'): Promise<void> {
  const outcome = { status, finishedAt: new Date().toISOString() };
  const failure = status === 'FAILED' ? ({ code: 'CommandFailed', message: 'no' } as const) : undefined;
  const change = transitionToEnd({ ...outcome, failure }, undefined);
  await updateRecord(runId, change, { dynamodb: table.dynamodb, runTable: 'runs' });
}

describe('a watch of runs', () => {
  it('A watch has all listed runs first, then new runs and those that changed, oldest first', async () => {
    const next = watch();
    expect(await next()).toEqual({ runs: ['other', 'slow', 'old'], changed: ['old', 'slow', 'other'] });
    expect(await next()).toEqual({ runs: ['other', 'slow', 'old'], changed: [] });

    await table.put([aRunQueuedAgo(0, { runId: 'new', status: 'QUEUED' })]);
    await end('slow', 'SUCCEEDED');

    expect(await next()).toEqual({ runs: ['new', 'other', 'slow', 'old'], changed: ['slow', 'new'] });
  });

  it('A watch reads new runs from the index, and of the listed ones only those that are open', async () => {
    const next = watch({ labels: { stage: 'prod' } });
    await next();
    table.takeReads();
    await next();
    // The entry of the open run, whose time is the newest, and its record.
    expect(table.takeReads()).toEqual({ requests: { Query: 1, BatchGetItem: 1 }, items: 2 });

    await end('slow', 'FAILED');
    await next();
    table.takeReads();
    await next();
    expect(table.takeReads()).toEqual({ requests: { Query: 1 }, items: 1 });
  });

  it('A watch by status gets old runs that reach the status, and reports once a run that leaves it', async () => {
    const building = watch({ status: 'BUILDING' });
    const failed = watch({ status: 'FAILED' });
    expect(await building()).toEqual({ runs: ['slow'], changed: ['slow'] });
    expect(await failed()).toEqual({ runs: [], changed: [] });

    await end('slow', 'FAILED');

    expect(await building()).toEqual({ runs: [], changed: ['slow'] });
    expect(await building()).toEqual({ runs: [], changed: [] });
    expect(await failed()).toEqual({ runs: ['slow'], changed: ['slow'] });
  });

  it('A watch keeps the newest runs up to its limit, and does not report those that it drops', async () => {
    const next = watch({ limit: 2 });
    await next();
    await table.put([aRunQueuedAgo(0, { runId: 'new' }), aRunQueuedAgo(25, { runId: 'late' })]);
    expect(await next()).toEqual({ runs: ['new', 'other'], changed: ['new'] });
  });

  it('A watch survives a read that DynamoDB throttles, and ends with an error of another kind', async () => {
    const next = watch();
    await next();
    const failures = ['ThrottlingException', 'AccessDeniedException'].map((name) =>
      Object.assign(new Error(name), { name }),
    );
    table.dynamodb.middlewareStack.add(
      (send, { commandName }) =>
        async (request) => {
          const failure = commandName === BatchWriteItemCommand.name ? undefined : failures.shift();
          if (failure !== undefined) throw failure;
          return send(request);
        },
      { step: 'initialize' },
    );
    await expect(next()).rejects.toThrow('AccessDeniedException');
    expect(failures).toEqual([]);
  });

  it('A watch refuses a time that is none', async () => {
    await expect(watch({ since: 'soon' })()).rejects.toMatchObject({ code: 'InvalidRequest' });
  });
});
