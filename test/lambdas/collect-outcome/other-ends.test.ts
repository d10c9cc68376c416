import { type Build, InvalidInputException, StopBuildCommand } from '@aws-sdk/client-codebuild';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseRunStateChange } from '../../../lib/contract/index.js';
import { codebuild, collect, recordIs, buildIs, failureOf, resetAccount } from './mocked-account.js';

beforeEach(resetAccount);

describe('a build that ended otherwise', () => {
  it.each<[string, Partial<Build>, string, string]>([
    ['ran too long', { buildStatus: 'TIMED_OUT', timeoutInMinutes: 5 }, 'TIMED_OUT', 'BuildTimedOut'],
    [
      'waited too long',
      { buildStatus: 'TIMED_OUT', phases: [{ phaseType: 'QUEUED', phaseStatus: 'TIMED_OUT' }] },
      'TIMED_OUT',
      'QueueTimedOut',
    ],
    ['was stopped', { buildStatus: 'STOPPED' }, 'CANCELED', 'BuildStopped'],
    ["met a fault of CodeBuild's", { buildStatus: 'FAULT' }, 'FAILED', 'BuildFault'],
  ])('A build that %s gives its run the matching status and failure code', async (_, build, status, code) => {
    buildIs(build);

    expect(await failureOf()).toMatchObject({ status, failure: { code } });
    expect((await collect()).output.outputKey).toBeNull();
  });

  it('The outcome of a build that is still in progress cannot be collected', async () => {
    buildIs({ buildStatus: 'IN_PROGRESS', buildComplete: false });

    await expect(collect()).rejects.toThrow('p:1 has not ended: its status is IN_PROGRESS');
  });
});

describe('a step that failed', () => {
  const caught = (error: string, cause = 'why', state = 'StartBuild') => ({
    caught: { state, error, cause },
  });

  beforeEach(() => buildIs({ buildComplete: true }));

  it.each([
    ['NotAllowed', 'FAILED'],
    ['QueueTimedOut', 'TIMED_OUT'],
    ['RunCanceled', 'CANCELED'],
  ])('A step that fails with the code %s ends the run as %s', async (code, status) => {
    const cause = JSON.stringify({ errorType: code, errorMessage: 'the reason', trace: [] });

    expect(await failureOf(caught(code, cause))).toEqual({
      status,
      failure: { code, message: 'the reason' },
    });
  });

  it('A run without capacity until the deadline times out with the message of CodeBuild', async () => {
    expect(await failureOf(caught('CapacityUnavailable', 'no room'))).toEqual({
      status: 'TIMED_OUT',
      failure: {
        code: 'QueueTimedOut',
        message: 'No build could be started within the queue timeout: no room',
      },
    });
  });

  it('A step that fails with another error is a ControlPlaneError that names the state', async () => {
    expect(await failureOf(caught('States.Timeout', '', 'WaitForBuild'))).toEqual({
      status: 'FAILED',
      failure: { code: 'ControlPlaneError', message: 'The state WaitForBuild failed with States.Timeout: ' },
    });
  });

  it.each(['not json', '"text"', '[1]', 'null'])('A plain cause becomes the message: %s', async (cause) => {
    expect((await failureOf(caught('NotAllowed', cause))).failure?.message).toBe(cause);
  });

  it.each([
    ['named by the machine', 'p:1', {}],
    ['known to the record alone', null, { buildId: 'p:1' }],
  ])('A failed step stops the running build that is %s', async (_, buildId, record) => {
    recordIs(record);
    buildIs({ buildStatus: 'IN_PROGRESS', buildComplete: false });
    codebuild.on(StopBuildCommand).rejects(new InvalidInputException({ $metadata: {}, message: 'over' }));

    await collect({ buildId, ...caught('States.Timeout') });

    expect(codebuild.commandCalls(StopBuildCommand)[0]?.args[0].input).toEqual({ id: 'p:1' });
  });

  it('A failed step stops no build that is complete', async () => {
    await collect(caught('States.Timeout'));

    expect(codebuild.commandCalls(StopBuildCommand)).toHaveLength(0);
  });
});

describe('a run without a record', () => {
  const refused = { buildId: null, caught: { state: 'PrepareRun', error: 'InvalidRequest', cause: 'bad' } };

  beforeEach(() => recordIs(undefined));

  it('A run without a record is recorded from its request', async () => {
    const { transition, event } = await collect(refused);
    const values = unmarshall(transition.ExpressionAttributeValues as Parameters<typeof unmarshall>[0]);

    expect(transition.ConditionExpression).toMatch(/^attribute_not_exists\(#status\) OR /);
    expect(transition.UpdateExpression).toContain('#day = if_not_exists(#day, :day)');
    expect(values).toMatchObject({ ':status': 'FAILED', ':day': '2026-03-01', ':labels': { team: 'a' } });
    expect(values).not.toHaveProperty(':runId');
    expect(parseRunStateChange(event)).toMatchObject({
      runId: 'run-1',
      labels: { team: 'a' },
      durationMs: 600_000,
    });
  });

  it.each([null, 'text', [], { labels: 7, bundle: {}, trigger: 'X', retryOf: 'a b' }])(
    'A run without a record is recorded even from the request %j',
    async (request) => {
      expect(parseRunStateChange((await collect({ ...refused, request })).event)).toMatchObject({
        seedkit: 'demo',
        trigger: 'CLIENT',
        failure: { code: 'InvalidRequest', message: 'bad' },
      });
    },
  );
});

describe('a record that is over already', () => {
  it('The outcome of a run that already ended is the recorded one', async () => {
    const failure = { code: 'RunCanceled', message: 'by Ann' };
    recordIs({ status: 'CANCELED', failure });

    expect(
      await collect({ caught: { state: 'StartBuild', error: 'States.Timeout', cause: '' } }),
    ).toMatchObject({
      status: 'CANCELED',
      error: 'RunCanceled',
      cause: 'by Ann',
      event: { status: 'CANCELED', failure },
    });
  });

  it("The update for a run that already ended has a finishedAt that the record's condition refuses", async () => {
    const finishedAt = '2026-01-01T10:00:05.000Z';
    recordIs({ status: 'CANCELED', finishedAt, failure: { code: 'RunCanceled', message: 'by Ann' } });

    const { transition, event } = await collect({
      caught: { state: 'PrepareRun', error: 'BundleMissing', cause: '' },
    });

    // The state RecordOutcome adds `OR (#status = :status AND #finishedAt = :finishedAt)` to the condition. It uses
    // these names.
    expect(transition.ExpressionAttributeNames).toMatchObject({
      '#status': 'status',
      '#finishedAt': 'finishedAt',
    });
    expect(transition.ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'CANCELED' },
      ':finishedAt': { S: expect.not.stringMatching(finishedAt) },
    });
    expect(event).toMatchObject({ finishedAt });
  });
});
