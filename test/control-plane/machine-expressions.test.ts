import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';

import { parseRunStateChange, marshalledTransitionSchema } from '../../lib/contract/index.js';
import { synthesizedDefinition } from './synthesized-definition.js';

const STATES = {
  context: {
    Execution: {
      Name: 'run-1',
      Id: 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-demo:run-1',
      StartTime: '2026-03-01T10:00:00.500Z',
      Input: { trigger: 'SCHEDULE' } as unknown,
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

async function assumed(input: unknown = STATES.context.Execution.Input) {
  const states = { context: { ...STATES.context, Execution: { ...STATES.context.Execution, Input: input } } };
  const { outcome } = (await evaluated(synthesizedDefinition().States['AssumeFailure']?.Assign, {
    states,
    caught: CAUGHT,
  })) as { outcome: { transition: unknown; event: unknown } };
  return outcome;
}

describe('AssumeFailure', () => {
  it('AssumeFailure sets an event with a failure of the control plane that the contract accepts', async () => {
    expect(parseRunStateChange((await assumed()).event)).toMatchObject({
      runId: 'run-1',
      status: 'FAILED',
      queuedAt: '2026-03-01T10:00:00.500Z',
      finishedAt: '2026-03-01T10:01:00.000Z',
      durationMs: 59_500,
      trigger: 'SCHEDULE',
      failure: {
        code: 'ControlPlaneError',
        message: 'The outcome of the run could not be collected: Lambda.Unknown',
      },
    });
  });

  it('AssumeFailure sets every value of its expression, marshalled', async () => {
    const transition = marshalledTransitionSchema.parse((await assumed()).transition);
    const named = new Set(
      `${transition.UpdateExpression} ${transition.ConditionExpression}`.match(/:\w+/g) ?? [],
    );
    expect(Object.keys(transition.ExpressionAttributeValues).sort()).toEqual([...named].sort());
    expect(transition.ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'FAILED' },
      ':day': { S: '2026-03-01' },
      ':durationMs': { N: '59500' },
      ':expiresAt': { N: expect.stringMatching(/^\d{10}$/) },
    });
  });

  it.each([[{}], ['text'], [{ trigger: 7 }], [{ trigger: 'SOMETHING' }], [[]], [null]])(
    'AssumeFailure sets the trigger CLIENT for the input %j',
    async (input) => {
      expect((await assumed(input)).event).toMatchObject({ trigger: 'CLIENT' });
    },
  );
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
