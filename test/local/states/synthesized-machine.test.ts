import { describe, expect, it } from '@jest/globals';
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';

import { pollBuild } from '../../../lambdas/poll-build/poll-build.js';
import type { PollBuildInput } from '../../../lib/contract/index.js';
import { createIntegrations } from '../../../lib/local/states/integrations/create-integrations.js';
import { stopExecution } from '../../../lib/local/states/integrations/stop-execution.js';
import { parseDefinition } from '../../../lib/local/states/interpreter/parse-definition.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { synthesizedDefinition } from '../../control-plane/synthesized-definition.js';
import { goodSteps, NOT_STOPPED, runSynthesized, type Steps, waysOf, waysTaken } from './synthesized-runs.js';

const HOUR_S = 3_600;

function failWith(name: string, message = 'on purpose'): () => never {
  return () => {
    throw Object.assign(new Error(message), { name });
  };
}

const refuse = (code: string) => () => {
  throw new AwsError(code, 'on purpose');
};
const boom = failWith('Boom');
const taken = refuse('ConditionalCheckFailedException');
const unusable = refuse('ValidationException');
const noCapacity = failWith('CapacityUnavailable');

/**
 * Returns steps for a run that gets no capacity for some seconds.
 * @param askedAt receives the times at which a build was requested
 */
function capacityAfter(seconds: number, askedAt: number[] = []): Steps {
  let firstMs: number | undefined;
  return {
    StartBuild: (_input, nowMs) => {
      firstMs ??= nowMs;
      askedAt.push((nowMs - firstMs) / 1_000);
      if (nowMs - firstMs < seconds * 1_000) noCapacity();
      const buildStartedAt = new Date(nowMs).toISOString();
      const expressions = { UpdateExpression: 'SET #a = :BUILDING', ConditionExpression: 'c' };
      const transition = { ...expressions, ExpressionAttributeNames: {}, ExpressionAttributeValues: {} };
      return { buildId: 'demo:1', buildStartedAt, transition, event: { status: 'BUILDING' } };
    },
  };
}

const SUCCEEDED = { status: 'SUCCEEDED' };
const REPLACED = { error: 'LockReplaced', cause: 'The run run-2 took its place.' };
/**
 * Returns the expected end of an execution that collected its outcome after a failed state. Its cause names the
 * state.
 */
const failedIn = (state: string, error: string) => ({
  status: 'FAILED',
  error: 'BuildFailed',
  cause: expect.stringContaining(`{"state":"${state}","error":"${error}"`),
});
const controlPlaneError = (cause: string) => ({
  status: 'FAILED',
  error: 'ControlPlaneError',
  cause: expect.stringContaining(cause),
});

/**
 * Runs by title, each with its steps and expected end. Steps that count calls are functions, so that each run has its
 * own count.
 */
const RUNS: Readonly<Record<string, { steps: Steps | (() => Steps); end: object }>> = {
  'succeeds with a good build': { steps: {}, end: SUCCEEDED },
  'succeeds once there is capacity': { steps: capacityAfter(40), end: SUCCEEDED },
  'ends when there is no capacity until the deadline': {
    steps: { StartBuild: noCapacity },
    end: failedIn('StartBuild', 'CapacityUnavailable'),
  },
  'succeeds once it has its lock': {
    steps: () => lockedUntil(({ taskToken }, _nowMs, tokens) => void tokens.succeed(String(taskToken), '{}')),
    end: SUCCEEDED,
  },
  'ends when another run takes its place in the queue of its lock': {
    steps: () =>
      lockedUntil(
        ({ taskToken }, _nowMs, tokens) => void tokens.fail(String(taskToken), 'LockReplaced', 'by run-2'),
      ),
    end: failedIn('WaitForLock', 'LockReplaced'),
  },
  'ends when it waits for its lock until the queue deadline': {
    steps: () => lockedUntil(() => undefined),
    end: failedIn('WaitForLock', 'States.Timeout'),
  },
  'ends with what PrepareRun refuses': {
    steps: { PrepareRun: failWith('InvalidRequest') },
    end: failedIn('PrepareRun', 'InvalidRequest'),
  },
  'ends when its run id is taken': { steps: { RecordQueued: taken }, end: { error: 'RunIdConflict' } },
  'ends when it cannot be recorded': {
    steps: { RecordQueued: unusable },
    end: failedIn('RecordQueued', 'DynamoDb.ValidationException'),
  },
  'goes on when QUEUED cannot be announced': { steps: { EmitQueued: unusable }, end: SUCCEEDED },
  'ends when its build cannot start': { steps: { StartBuild: boom }, end: failedIn('StartBuild', 'Boom') },
  'ends when another writer ended it before its build was recorded': {
    steps: { RecordBuilding: taken },
    end: failedIn('RecordBuilding', 'DynamoDb.ConditionalCheckFailedException'),
  },
  'goes on when its build cannot be recorded': { steps: { RecordBuilding: unusable }, end: SUCCEEDED },
  'goes on when BUILDING cannot be announced': { steps: { EmitBuilding: unusable }, end: SUCCEEDED },
  'goes on when its build cannot be looked at': { steps: () => unseenFor(5), end: SUCCEEDED },
  'ends when CodeBuild has no such build': {
    steps: {
      WaitForBuild: ({ taskToken }, _nowMs, tokens) =>
        void tokens.fail(String(taskToken), 'ControlPlaneError', 'CodeBuild has no build'),
    },
    end: failedIn('WaitForBuild', 'ControlPlaneError'),
  },
  'waits again when the event of its end came early': { steps: wokenEarly, end: SUCCEEDED },
  'ends when its outcome cannot be collected': {
    steps: { CollectOutcome: boom },
    end: controlPlaneError('The outcome of the run could not be collected: Boom'),
  },
  'ends when another writer ended its record': {
    steps: { RecordOutcome: taken },
    end: controlPlaneError('Another writer'),
  },
  'ends when its end cannot be recorded': {
    steps: { RecordOutcome: unusable },
    end: controlPlaneError('could not be recorded (DynamoDb.ValidationException)'),
  },
  'is aborted when it was canceled': { steps: canceled, end: { status: 'ABORTED', ...REPLACED } },
  'fails with the code of the cancellation when it cannot stop itself': {
    steps: () => ({ ...canceled(), StopCanceled: refuse('AccessDeniedException') }),
    end: { status: 'FAILED', ...REPLACED },
  },
  'fails with the code of the cancellation when it is not stopped within a minute': {
    steps: () => ({ ...canceled(), StopCanceled: () => NOT_STOPPED }),
    end: { status: 'FAILED', ...REPLACED },
  },
  'succeeds when its end cannot be announced': { steps: { EmitOutcome: unusable }, end: SUCCEEDED },
  'succeeds when its announcement cannot be recorded': {
    steps: { RecordAnnounced: unusable },
    end: SUCCEEDED,
  },
};

/** Returns steps for a run that a newer run replaced in the queue of its lock. */
function canceled(): Steps {
  return {
    CollectOutcome: (...call) => ({
      ...(goodSteps().CollectOutcome?.(...call) as object),
      status: 'CANCELED',
      ...REPLACED,
    }),
  };
}

function stepsOf(steps: Steps | (() => Steps)): Steps {
  return typeof steps === 'function' ? steps() : steps;
}

/**
 * Returns steps for a run that finds its lock held by another run at the first attempt.
 * @param wait replaces the wait for the lock
 */
function lockedUntil(wait: Steps[string]): Steps {
  const { PrepareRun, StartBuild } = goodSteps();
  let attempts = 0;
  return {
    PrepareRun: (...call) => ({
      ...(PrepareRun?.(...call) as object),
      lock: { name: 'dev', mode: 'wait' },
    }),
    StartBuild: (...call) => {
      attempts += 1;
      if (attempts === 1) failWith('LockAwaited')();
      return StartBuild?.(...call);
    },
    WaitForLock: wait,
  };
}

/** Returns steps for a build whose first `calls` checks fail. */
function unseenFor(calls: number): Steps {
  let left = calls;
  return {
    WaitForBuild: ({ taskToken }, _nowMs, tokens) => {
      left -= 1;
      if (left >= 0) boom();
      tokens.succeed(String(taskToken), '{}');
    },
  };
}

/** Returns steps for a run whose task token is returned before its build has ended. */
function wokenEarly(): Steps {
  let collected = 0;
  return {
    WaitForBuild: ({ taskToken }, _nowMs, tokens) => void tokens.succeed(String(taskToken), '{}'),
    CollectOutcome: (input, nowMs, tokens) => {
      collected += 1;
      if (collected === 1) failWith('BuildNotEnded')();
      return goodSteps().CollectOutcome?.(input, nowMs, tokens);
    },
  };
}

/**
 * Returns steps for a build that ends after some seconds. The real handler checks it, and no event ends the wait of
 * the run.
 */
function buildOf(seconds: number, endsAt: { ms?: number } = {}): Steps {
  return {
    WaitForBuild: (input, nowMs, tokens) => {
      endsAt.ms ??= nowMs + seconds * 1_000;
      const build = { id: 'demo:1', buildComplete: nowMs >= endsAt.ms, currentPhase: 'BUILD' };
      return pollBuild(input as PollBuildInput, {
        codebuild: { send: async () => ({ builds: [build] }) } as unknown as CodeBuildClient,
        dynamodb: { send: async () => ({}) } as unknown as DynamoDBClient,
        runTable: 'runs',
        sfn: {
          send: async ({ input: { taskToken } }: { input: { taskToken: string } }) =>
            tokens.succeed(taskToken, '{}'),
        } as unknown as SFNClient,
        now: () => new Date(nowMs),
        warn: () => undefined,
      });
    },
  };
}

/**
 * Returns the number of transitions of an execution, as Step Functions counts and bills them: entered states and
 * retries.
 */
function transitionsOf(types: readonly string[]): number {
  return types.filter((type) => type.endsWith('StateEntered')).length;
}

describe('The synthesized machine', () => {
  it.each(Object.entries(RUNS))('A run of the synthesized machine %s', async (_title, { steps, end }) => {
    const ran = await runSynthesized(stepsOf(steps));
    expect(ran.end).toMatchObject(end);
    expect(ran.types).not.toContain('EvaluationFailed');
  });

  it('The runs of this test file take every transition of the synthesized machine, including each Catch', async () => {
    const services = {
      functions: { invoke: async () => Promise.reject(new Error()), invokeAsync: async () => undefined },
      tables: { call: async () => ({}) },
      events: { send: async () => '' },
    };
    const integrations = {
      ...createIntegrations(services),
      ...stopExecution(() => ({ stop: async () => ({}) })),
    };
    const definition = parseDefinition(synthesizedDefinition(), { integrations });
    const runs = await Promise.all(Object.values(RUNS).map(({ steps }) => runSynthesized(stepsOf(steps))));
    const states = runs.flatMap(({ events }) => events.map((event) => event.stateEnteredEventDetails?.name));
    expect([...definition.states.keys()].filter((name) => !states.includes(name))).toEqual([]);
    const ways = runs.flatMap(({ events }) => [...waysTaken(events)]);
    expect([...new Set(ways)].sort()).toEqual([...waysOf(definition)].sort());
  });

  it('The synthesized machine records and announces each stage', async () => {
    const { sent, stored } = await runSynthesized();
    expect(sent).toEqual([{ status: 'QUEUED' }, { status: 'BUILDING' }, { status: 'SUCCEEDED' }]);
    expect(stored).toHaveLength(4);
  });

  it('The synthesized machine records and announces a failure when the outcome cannot be collected', async () => {
    const { sent, stored } = await runSynthesized({
      PrepareRun: (...call) => ({
        ...(goodSteps().PrepareRun?.(...call) as object),
        item: { runId: { S: 'run-1' }, trigger: { S: 'EVENT' }, name: { S: 'nightly' } },
        event: { status: 'QUEUED', name: 'nightly', trigger: 'EVENT' },
      }),
      CollectOutcome: boom,
    });
    expect(sent.at(-1)).toMatchObject({
      runId: 'run-1',
      status: 'FAILED',
      name: 'nightly',
      trigger: 'EVENT',
      failure: { code: 'ControlPlaneError' },
    });
    expect(stored.at(-2)).toMatchObject({
      ExpressionAttributeValues: {
        ':status': { S: 'FAILED' },
        ':trigger': { S: 'EVENT' },
        ':name': { S: 'nightly' },
      },
    });
  });

  it('The synthesized machine announces a refused run whose outcome cannot be collected as one of the trigger CLIENT', async () => {
    const { sent, stored } = await runSynthesized({
      PrepareRun: failWith('InvalidRequest'),
      CollectOutcome: boom,
    });
    expect(sent).toEqual([expect.objectContaining({ status: 'FAILED', trigger: 'CLIENT' })]);
    expect(stored.at(-2)).toMatchObject({ ExpressionAttributeValues: { ':trigger': { S: 'CLIENT' } } });
  });

  it.each([
    ['1 minute', 60, 25],
    ['10 minutes', 600, 35],
    ['8 hours', 8 * HOUR_S, 60],
    ['36 hours', 36 * HOUR_S, 120],
  ])(
    'Without events, a run of %s takes few transitions, and its end is found within a quarter of that',
    async (_title, length, most) => {
      const { end, types, seconds } = await runSynthesized(buildOf(length));
      expect(end).toMatchObject(SUCCEEDED);
      expect(transitionsOf(types)).toBeLessThanOrEqual(most);
      expect(seconds - length).toBeLessThanOrEqual(Math.min(1_800, Math.max(15, length / 4)));
    },
  );

  it('The longest run takes fewer than 4,000 events, after 8 hours of waiting for capacity', async () => {
    const { end, events, seconds } = await runSynthesized({
      ...capacityAfter(8 * HOUR_S - 150),
      ...buildOf(36 * HOUR_S),
    });
    expect(end).toMatchObject(SUCCEEDED);
    expect(seconds).toBeGreaterThanOrEqual(44 * HOUR_S - 150);
    expect(events.length).toBeLessThan(4_000);
  });

  it('A run continues while its build cannot be checked for a day, and then ends as its build did', async () => {
    const { WaitForBuild: look } = buildOf(25 * HOUR_S);
    let firstMs: number | undefined;
    const { end, events, seconds } = await runSynthesized({
      WaitForBuild: (input, nowMs, tokens) => {
        firstMs ??= nowMs;
        if (nowMs - firstMs < 24 * HOUR_S * 1_000) failWith('ThrottlingException')();
        return look?.(input, nowMs, tokens);
      },
    });
    expect(end).toMatchObject(SUCCEEDED);
    expect(seconds).toBeGreaterThanOrEqual(24 * HOUR_S);
    expect(events.length).toBeLessThan(3_000);
  });

  it('The outcome of a run is collected although CodeBuild throttles BatchGetBuilds for half an hour', async () => {
    let firstMs: number | undefined;
    const { end } = await runSynthesized({
      CollectOutcome: (input, nowMs, tokens) => {
        firstMs ??= nowMs;
        if (nowMs - firstMs < 1_800_000) failWith('ThrottlingException')();
        return goodSteps().CollectOutcome?.(input, nowMs, tokens);
      },
    });
    expect(end).toMatchObject(SUCCEEDED);
  });

  it('The synthesized machine asks for capacity in growing intervals of at most two minutes', async () => {
    const askedAt: number[] = [];
    await runSynthesized(capacityAfter(3_600, askedAt));
    expect(askedAt.slice(0, 4)).toEqual([0, 15, 30, 45]);
    const waits = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0));
    expect(waits).toEqual(
      askedAt.slice(0, -1).map((at) => Math.min(120, Math.max(15, Math.floor(at * 0.05)))),
    );
    expect(waits.at(-1)).toBe(120);
  });

  it('The synthesized machine retries transient errors with growing delays', async () => {
    let refusals = 5;
    const { end, types } = await runSynthesized({
      RecordQueued: () => {
        refusals -= 1;
        if (refusals >= 0) refuse('ThrottlingException')();
      },
    });
    expect(end).toMatchObject(SUCCEEDED);
    expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(5);
  });
});
