import { describe, expect, it } from '@jest/globals';

import { AccountWithQuotas } from './account-with-quotas.js';

/** The handler's timeout, less the time that the retries of its last requests may take. */
const LIMIT_SECONDS = 200;
const SWEEP_INTERVAL_MS = 5 * 60_000;

describe.each([
  ['us-east-1, which has the higher rates', 'us-east-1'],
  ['eu-central-1, which has the lower rates', 'eu-central-1'],
])('A sweep in %s', (_, region) => {
  it('A sweep makes nine requests when no run and no map is open', async () => {
    const account = new AccountWithQuotas(region);

    expect(await account.sweep()).toMatchObject({ examined: 0, left: 0 });
    expect(account.calls).toEqual({ ListExecutions: 4, Query: 5 });
  });

  it.each([
    [300, 4, 5],
    [1_000, 4, 5],
    [10_000, 13, 14],
  ])('A sweep describes none of %i running executions', async (count, lists, queries) => {
    const account = new AccountWithQuotas(region);
    account.addRuns(count, 'RUNNING');

    const { seconds, ...swept } = await account.sweep();
    expect(swept).toEqual({ examined: count, ended: [], left: 0 });
    expect(account.calls).toEqual({ ListExecutions: lists, Query: queries });
    expect(account.throttled).toEqual({});
    expect(seconds).toBeLessThan(15);
  });

  it('A sweep ends the runs of 300 stopped executions in one pass', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(300, 'ABORTED');

    const { ended, left, seconds } = await account.sweep();
    expect([ended.length, left]).toEqual([300, 0]);
    expect(new Set(account.stoppedBuilds).size).toBe(300);
    expect(account.throttled).toEqual({});
    expect(seconds).toBeLessThan(LIMIT_SECONDS);
  });

  it('Two sweeps end the runs of 1,000 stopped executions among 9,000 running ones', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(9_000, 'RUNNING');
    account.addRuns(1_000, 'ABORTED');

    const first = await account.sweep();
    expect(first.seconds).toBeLessThan(LIMIT_SECONDS);
    expect(first.ended.length).toBeGreaterThan(800);
    expect(first.ended.length + first.left).toBe(1_000);
    await account.time.sleep(SWEEP_INTERVAL_MS);
    const second = await account.sweep();
    expect(second.left).toBe(0);
    expect(account.open()).toHaveLength(9_000);
    expect(new Set(account.stoppedBuilds).size).toBe(1_000);
    expect(account.stoppedBuilds.filter((id) => id.includes('running'))).toEqual([]);
    expect(account.throttled).toEqual({});
  });

  it('A sweep stops in time when 10,000 runs must be described because they could not be listed', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(10_000, 'RUNNING');
    account.exhausted.add('ListExecutions');

    const { examined, ended, left, seconds } = await account.sweep();
    expect([examined, ended]).toEqual([10_000, []]);
    expect(left).toBeGreaterThan(9_000);
    expect(seconds).toBeLessThan(LIMIT_SECONDS);
    const { DescribeExecution = 0 } = account.calls;
    expect(DescribeExecution + left).toBe(10_000);
    // At most half of the lower rate, which is 10 requests per second.
    expect(DescribeExecution / seconds).toBeLessThanOrEqual(5.1);
    expect(account.throttled).toEqual({ ListExecutions: 4 });
    expect(account.stoppedBuilds).toEqual([]);
  });

  it('A sweep stops listing after 90 seconds and ends the runs it has found', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(100, 'ABORTED');
    account.hasEndlessPages = true;

    const { ended, seconds } = await account.sweep();
    expect(ended).toHaveLength(100);
    expect(account.calls['ListExecutions']).toBeLessThanOrEqual(95);
    expect(account.throttled).toEqual({});
    expect(seconds).toBeLessThan(LIMIT_SECONDS);
  });

  it('A sweep throws nothing and stops no build when other callers use up every rate', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(1_000, 'ABORTED');
    for (const operation of ['DescribeExecution', 'BatchGetBuilds', 'PutEvents'])
      account.exhausted.add(operation);

    const { ended, left, seconds } = await account.sweep();
    expect([ended, left]).toEqual([[], 1_000]);
    expect(account.open()).toHaveLength(1_000);
    expect(account.stoppedBuilds).toEqual([]);
    expect(seconds).toBeLessThan(LIMIT_SECONDS);
  });

  it('Each sweep describes other runs, so that a stopped one among many is found', async () => {
    const account = new AccountWithQuotas(region);
    account.addRuns(2_000, 'RUNNING');
    account.addRuns(1, 'ABORTED');
    account.exhausted.add('ListExecutions');

    let passes = 0;
    for (; account.open().length > 2_000 && passes < 30; passes += 1) {
      await account.sweep();
      await account.time.sleep(SWEEP_INTERVAL_MS);
    }
    expect(account.stoppedBuilds).toEqual(['p:run-aborted-0']);
  });
});
