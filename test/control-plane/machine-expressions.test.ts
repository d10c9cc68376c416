import { describe, expect, it } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import jsonata from 'jsonata';

import {
  marshalledTransitionSchema,
  parseRunRecord,
  parseRunStateChange,
  queuedRecord,
  statusEntry,
  toRunStateChange,
} from '../../lib/contract/index.js';
import { marshalled } from '../../lib/run-store/record.js';
import { A_SHA256 } from '../contract/builders.js';
import { synthesizedDefinition } from './synthesized-definition.js';

const EXECUTION_ARN = 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:run-1';
const STATES = {
  context: {
    Execution: {
      Name: 'run-1',
      Id: EXECUTION_ARN,
      StartTime: '2026-03-01T10:00:00.500Z',
      Input: { trigger: 'SCHEDULE', name: 'nightly' } as unknown,
    },
    State: { Name: 'AssumeFailure', EnteredTime: '2026-03-01T10:01:00Z' },
  },
};
const CAUGHT = { state: 'CollectOutcome', error: 'Lambda.Unknown', cause: '' };

/** Evaluates each expression in a value. As in Step Functions, an undefined result is an error. */
async function evaluated(value: unknown, bindings: Record<string, unknown>): Promise<unknown> {
  if (typeof value === 'string' && value.startsWith('{%')) {
    const result: unknown = await jsonata(value.slice(2, -2)).evaluate({}, bindings);
    if (result === undefined) throw new Error(`undefined: ${value}`);
    return result;
  }
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluated(item, bindings)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await evaluated(item, bindings)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** A run that PrepareRun has accepted. */
const QUEUED = queuedRecord({
  runId: 'run-1',
  seedkit: 'demo',
  executionArn: EXECUTION_ARN,
  executionStartedAt: '2026-03-01T10:00:00.500Z',
  recordExpirationDays: 365,
  request: {
    name: 'nightly',
    labels: { stage: 'prod' },
    lock: 'network-dev',
    published: { name: 'deploy', version: 3, sha256: A_SHA256 },
    trigger: 'SCHEDULE',
  },
  invocation: { kind: 'commands', target: ['make'] },
});
const PREPARED = {
  item: marshalled({ ...QUEUED, ...statusEntry(QUEUED) }),
  event: { ...toRunStateChange(QUEUED) },
};
const BUILDING = toRunStateChange({ ...QUEUED, status: 'BUILDING', buildId: 'demo:1', lockToken: 7 });
/** The first phase of the build. */
const PHASE = { phase: 'QUEUED' };
const STARTED = { event: { ...BUILDING, ...PHASE } };

async function assumed(variables: { prepared: unknown; started: unknown }) {
  const { outcome } = (await evaluated(synthesizedDefinition().States['AssumeFailure']?.Assign, {
    states: STATES,
    caught: CAUGHT,
    ...variables,
  })) as { outcome: { transition: unknown; event: unknown } };
  return { ...outcome, transition: marshalledTransitionSchema.parse(outcome.transition) };
}

const UNPREPARED = { prepared: null, started: null };
const END = {
  status: 'FAILED',
  finishedAt: '2026-03-01T10:01:00.000Z',
  durationMs: 59_500,
  failure: {
    code: 'ControlPlaneError',
    message: 'The outcome of the run could not be collected: Lambda.Unknown',
  },
};

describe('AssumeFailure', () => {
  it.each([
    ['was prepared', { prepared: PREPARED, started: null }, PREPARED.event],
    ['was building', { prepared: PREPARED, started: STARTED }, BUILDING],
  ])(
    'The event of AssumeFailure for a run that %s has name, labels, target, lock and trigger of the run',
    async (_title, variables, before) => {
      const { event } = await assumed(variables);
      expect(parseRunStateChange(event)).toEqual({ ...parseRunStateChange(before), ...END });
    },
  );

  it('The event of AssumeFailure has no phase, because the record has a later one than StartBuild knew', async () => {
    const { event } = await assumed({ prepared: PREPARED, started: STARTED });
    expect(STARTED.event).toMatchObject(PHASE);
    expect(event).not.toHaveProperty('phase');
  });

  it('AssumeFailure uses nothing of a request that PrepareRun has not accepted', async () => {
    const { event, transition } = await assumed(UNPREPARED);
    expect(parseRunStateChange(event)).toEqual({
      version: 1,
      runId: 'run-1',
      seedkit: 'demo',
      executionArn: EXECUTION_ARN,
      queuedAt: '2026-03-01T10:00:00.500Z',
      trigger: 'CLIENT',
      ...END,
    });
    expect(transition.ExpressionAttributeValues).toMatchObject({ ':trigger': { S: 'CLIENT' } });
    expect(transition.ExpressionAttributeValues).not.toHaveProperty(':name');
  });

  it.each([
    ['was prepared', { prepared: PREPARED, started: null }],
    ['was not prepared', UNPREPARED],
  ])(
    'The transition of AssumeFailure for a run that %s sets every name and value of its expressions',
    async (_title, variables) => {
      const { transition } = await assumed(variables);
      const expressions = `${transition.UpdateExpression} ${transition.ConditionExpression}`;
      expect(transition.UpdateExpression).toMatch(/^SET #\w+ = .+[^,] REMOVE #taskToken$/);
      const namesIn = (pattern: RegExp) => [...new Set(expressions.match(pattern) ?? [])].sort();
      expect(Object.keys(transition.ExpressionAttributeValues).sort()).toEqual(namesIn(/:\w+/g));
      expect(Object.keys(transition.ExpressionAttributeNames).sort()).toEqual(namesIn(/#\w+/g));
      const values = Object.entries(transition.ExpressionAttributeValues);
      const item = Object.fromEntries(
        values
          .filter(([name]) => !name.startsWith(':active'))
          .map(([name, value]) => [name.slice(1), value] as const),
      ) as Record<string, AttributeValue>;
      expect(parseRunRecord({ runId: 'run-1', ...unmarshall(item) })).toMatchObject(END);
      expect(item).toMatchObject({
        day: { S: '2026-03-01' },
        facet: { S: 'status#FAILED' },
        position: { S: '2026-03-01T10:00:00.500Z#run-1' },
        expiresAt: { N: String(QUEUED.expiresAt) },
      });
    },
  );

  it('A record that AssumeFailure creates for a prepared run is that of the run, with its end', async () => {
    const { transition } = await assumed({ prepared: PREPARED, started: null });
    const { runId: _runId, ...attributes } = PREPARED.item;
    const identity = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`:${name}`, value]),
    );
    expect(transition.ExpressionAttributeValues).toMatchObject({
      ...identity,
      ':status': { S: 'FAILED' },
      ':facet': { S: 'status#FAILED' },
    });
  });
});

describe('RecordOutcome', () => {
  it('RecordOutcome accepts its own write after a lost answer', async () => {
    const { ConditionExpression } = synthesizedDefinition().States['RecordOutcome']?.['Arguments'] as {
      ConditionExpression: string;
    };
    const outcome = { transition: { ConditionExpression: '#status IN (:active0)' } };
    expect(await evaluated(ConditionExpression, { outcome })).toBe(
      '(#status IN (:active0)) OR (#status = :status AND #finishedAt = :finishedAt)',
    );
  });
});

describe('catchAsVariable', () => {
  const caught = synthesizedDefinition().States['PrepareRun']?.Catch?.[0]?.['Assign'];

  it.each([
    [
      { Error: 'NotAllowed', Cause: '{"errorMessage":"no"}' },
      { error: 'NotAllowed', cause: '{"errorMessage":"no"}' },
    ],
    [{ Error: 'States.Timeout' }, { error: 'States.Timeout', cause: '' }],
    [{}, { error: '', cause: '' }],
    [
      { Error: 'E', Cause: { nested: true } },
      { error: 'E', cause: '{"nested":true}' },
    ],
  ])('`catchAsVariable` assigns strings for the error output %j', async (errorOutput, strings) => {
    expect(await evaluated(caught, { states: { errorOutput } })).toEqual({
      caught: { state: 'PrepareRun', ...strings },
    });
  });
});
