import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  announced,
  changeOf,
  codebuild,
  events,
  executionIs,
  MACHINE,
  NOW,
  reconcile,
  recordIs,
  resetAccount,
  sfn,
  stopped,
  table,
  onFirstUpdate,
} from './mocked-account.js';

beforeEach(resetAccount);

describe('an execution that was stopped', () => {
  beforeEach(() => {
    recordIs({ buildId: 'p:1' });
    executionIs({ status: 'ABORTED', error: 'Canceled', cause: 'Ann: wrong stage' });
  });

  it('Reconciling a stopped execution ends its run, stops its build and announces the end', async () => {
    expect(await reconcile(changeOf('run-1'))).toEqual({ examined: 1, ended: ['run-1'], left: 0 });

    expect(stopped()).toEqual(['p:1']);
    expect(table.get('run-1')).toMatchObject({
      status: 'CANCELED',
      finishedAt: '2026-03-01T10:30:00.000Z',
      durationMs: 1_800_000,
      announcedAt: NOW.toISOString(),
      failure: { code: 'RunCanceled', message: 'Canceled: Ann: wrong stage' },
    });
    expect(announced()).toMatchObject([{ runId: 'run-1', status: 'CANCELED', buildId: 'p:1' }]);
  });

  it('The end of a run is announced once however often its stopped execution is reconciled', async () => {
    await reconcile(changeOf('run-1'));
    await reconcile(changeOf('run-1'));

    expect(announced()).toHaveLength(1);
  });

  it('A build that is complete is not stopped when its execution was stopped', async () => {
    codebuild.on(BatchGetBuildsCommand).resolves({ builds: [{ id: 'p:1', buildComplete: true }] });
    await reconcile(changeOf('run-1'));

    expect(stopped()).toEqual([]);
  });

  it('A build that is recorded while its run is being ended is stopped', async () => {
    recordIs({});
    onFirstUpdate(() => recordIs({ buildId: 'p:1' }));
    await reconcile(changeOf('run-1'));

    expect(stopped()).toEqual(['p:1']);
  });

  it('An end that another writer recorded first is kept and announced', async () => {
    onFirstUpdate(() => recordIs({ status: 'SUCCEEDED', finishedAt: NOW.toISOString() }));
    await reconcile(changeOf('run-1'));

    expect(announced()).toMatchObject([{ status: 'SUCCEEDED' }]);
  });

  it('A run gets a record when its execution was stopped before the run was recorded', async () => {
    table.clear();
    await reconcile(changeOf('run-1'));

    expect(table.get('run-1')).toMatchObject({
      status: 'CANCELED',
      seedkit: 'demo',
      day: '2026-03-01',
      queuedAt: '2026-03-01T10:00:00.000Z',
      labels: { team: 'a' },
    });
    expect(announced()).toHaveLength(1);
  });

  it('A run whose event EventBridge did not accept is not marked as announced', async () => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Internal' }] });

    await expect(reconcile(changeOf('run-1'))).rejects.toThrow('Could not announce the run run-1');
    expect(table.get('run-1')).not.toHaveProperty('announcedAt');
  });

  it('`reconcile-run` throws when an execution cannot be described for now, so that Lambda repeats the call', async () => {
    const error = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    sfn.on(DescribeExecutionCommand).rejects(error);

    await expect(reconcile(changeOf('run-1'))).rejects.toThrow('Rate exceeded');
    expect(stopped()).toEqual([]);
  });

  it('An execution of another state machine is ignored', async () => {
    expect(await reconcile(changeOf('run-1', `${MACHINE}-other`))).toEqual({
      examined: 0,
      ended: [],
      left: 0,
    });
  });
});

describe('an execution that ended without recording it', () => {
  it.each<[string, Partial<DescribeExecutionCommandOutput>, string, string]>([
    ['timed out', { status: 'TIMED_OUT' }, 'TIMED_OUT', 'RunTimedOut'],
    [
      'failed by a failure code',
      { status: 'FAILED', error: 'QueueTimedOut', cause: 'c' },
      'TIMED_OUT',
      'QueueTimedOut',
    ],
    [
      'failed otherwise',
      { status: 'FAILED', error: 'States.Runtime', cause: 'c' },
      'FAILED',
      'ControlPlaneError',
    ],
    ['succeeded without an output', { status: 'SUCCEEDED', output: '{' }, 'FAILED', 'ControlPlaneError'],
  ])('An execution that %s ends its run', async (_, execution, status, code) => {
    recordIs();
    executionIs(execution);
    await reconcile(changeOf('run-1'));

    expect(table.get('run-1')).toMatchObject({ status, failure: { code } });
  });

  it("The run of an execution that succeeded has the outcome in the execution's output", async () => {
    recordIs();
    const output = {
      runId: 'run-1',
      status: 'SUCCEEDED',
      outputKey: 'runs/run-1/output/',
      exportedVariables: { A: '1' },
    };
    executionIs({ status: 'SUCCEEDED', output: JSON.stringify(output) });
    await reconcile(changeOf('run-1'));

    expect(announced()).toMatchObject([
      { status: 'SUCCEEDED', outputKey: 'runs/run-1/output/', exportedVariables: { A: '1' } },
    ]);
  });
});
