import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';

import { pollBuild } from '../../../lambdas/poll-build/poll-build.js';
import { createIntegrations } from '../../../lib/local/states/integrations/create-integrations.js';
import { parseDefinition } from '../../../lib/local/states/interpreter/parse-definition.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { synthesizedDefinition } from '../../control-plane/synthesized-definition.js';
import { runSynthesized, type Steps, waysOf, waysTaken } from './synthesized-runs.js';

const HOUR_MS = 3_600_000;

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

/** There is no capacity for the run's first so many seconds. @param askedAt when a build was asked for, by then */
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
/** The end that the collected outcome gives, with what was caught in its cause. */
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

const RUNS: Readonly<Record<string, { steps: Steps; end: object }>> = {
  'succeeds with a good build': { steps: {}, end: SUCCEEDED },
  'succeeds once there is capacity': { steps: capacityAfter(40), end: SUCCEEDED },
  'ends when there is no capacity until the deadline': {
    steps: { StartBuild: noCapacity },
    end: failedIn('StartBuild', 'CapacityUnavailable'),
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
  'ends when its build cannot be recorded': {
    steps: { RecordBuilding: taken },
    end: failedIn('RecordBuilding', 'DynamoDb.ConditionalCheckFailedException'),
  },
  'goes on when BUILDING cannot be announced': { steps: { EmitBuilding: unusable }, end: SUCCEEDED },
  'ends when its build cannot be looked at': {
    steps: { PollBuild: boom },
    end: failedIn('PollBuild', 'Boom'),
  },
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
  'succeeds when its end cannot be announced': { steps: { EmitOutcome: unusable }, end: SUCCEEDED },
  'succeeds when its announcement cannot be recorded': {
    steps: { RecordAnnounced: unusable },
    end: SUCCEEDED,
  },
};

/** A build that is over after some hours, looked at by the real handler. */
function buildOf(hours: number, endsAt: { ms?: number } = {}): Steps {
  return {
    PollBuild: (input, nowMs) => {
      endsAt.ms ??= nowMs + hours * HOUR_MS;
      const build = { id: 'demo:1', buildComplete: nowMs >= endsAt.ms, currentPhase: 'BUILD' };
      const codebuild = { send: async () => ({ builds: [build] }) } as unknown as CodeBuildClient;
      return pollBuild(input as { buildId: string; buildStartedAt: string }, {
        codebuild,
        now: () => new Date(nowMs),
      });
    },
  };
}

describe('The synthesized machine', () => {
  it.each(Object.entries(RUNS))('%s', async (_title, { steps, end }) => {
    const ran = await runSynthesized(steps);
    expect(ran.end).toMatchObject(end);
    expect(ran.types).not.toContain('EvaluationFailed');
  });

  it('The runs of this file take every transition of the synthesized machine, each Catch included', async () => {
    const services = {
      functions: { invoke: async () => Promise.reject(new Error()), invokeAsync: async () => undefined },
      tables: { call: async () => ({}) },
      events: { send: async () => '' },
    };
    const definition = parseDefinition(synthesizedDefinition(), {
      integrations: createIntegrations(services),
    });
    const runs = await Promise.all(Object.values(RUNS).map(({ steps }) => runSynthesized(steps)));
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
    const { sent, stored } = await runSynthesized({ PollBuild: boom, CollectOutcome: boom });
    expect(sent.at(-1)).toMatchObject({
      runId: 'run-1',
      status: 'FAILED',
      failure: { code: 'ControlPlaneError' },
    });
    expect(stored.at(-2)).toMatchObject({
      ExpressionAttributeValues: { ':status': { S: 'FAILED' }, ':trigger': { S: 'EVENT' } },
    });
  });

  it("A build of 36 hours after 8 in CodeBuild's queue takes fewer than 15,000 events", async () => {
    const { end, events, seconds } = await runSynthesized(buildOf(44));
    expect(end).toMatchObject(SUCCEEDED);
    expect(seconds).toBeGreaterThanOrEqual(44 * 3_600);
    expect(seconds).toBeLessThan(44 * 3_600 + 130);
    expect(events.length).toBeLessThan(15_000);
  });

  it('A build of 36 hours after 8 of waiting for capacity takes fewer than 15,000 events', async () => {
    const { end, events, seconds } = await runSynthesized({
      ...capacityAfter(8 * 3_600 - 150),
      ...buildOf(36),
    });
    expect(end).toMatchObject(SUCCEEDED);
    expect(seconds).toBeGreaterThanOrEqual(44 * 3_600 - 150);
    expect(events.length).toBeLessThan(15_000);
  });

  it('The longest run takes fewer than 15,000 events if one call in a hundred fails', async () => {
    const { PollBuild: poll } = buildOf(36);
    const faults = fc.sample(fc.noBias(fc.integer({ min: 0, max: 99 })), { seed: 36, numRuns: 20_000 });
    let failed = 0;
    const { end, events } = await runSynthesized({
      ...capacityAfter(8 * 3_600 - 150),
      PollBuild: (input, nowMs) => {
        if (faults.pop() === 0) {
          failed += 1;
          failWith('ThrottlingException')();
        }
        return poll?.(input, nowMs);
      },
    });
    expect(end).toMatchObject(SUCCEEDED);
    expect(failed).toBeGreaterThan(5);
    expect(events.length).toBeLessThan(15_000);
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
