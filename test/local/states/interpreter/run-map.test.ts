import { describe, expect, it } from '@jest/globals';

import { StateError } from '../../../../lib/local/states/interpreter/state-error.js';
import { aDefinition, aTask, run } from '../a-machine.js';

const states = (all: Record<string, unknown>) => ({ StartAt: Object.keys(all)[0], States: all });
const pass = (output: unknown) => ({ Type: 'Pass', Output: output, End: true });

function map(processor: Record<string, unknown>, overrides: Record<string, unknown> = {}) {
  return aDefinition({
    Each: {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemProcessor: states(processor),
      ...('Next' in overrides ? {} : { End: true }),
      ...overrides,
    },
    ...('Next' in overrides ? { After: { Type: 'Succeed' } } : {}),
  });
}

/** A Wait state that waits as many seconds as the item. */
const waiting = { Type: 'Wait', Seconds: '{% $states.input %}', Output: '{% $states.input %}', End: true };

describe('An inline Map state', () => {
  it('A Map state returns the outputs in the order of the items, however long each takes', async () => {
    const { end, seconds } = await run(map({ Wait: waiting }), { input: { items: [30, 10, 20] } });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[30,10,20]' });
    expect(seconds).toBe(30);
  });

  it('MaxConcurrency limits how many items run at once, also as an expression', async () => {
    const input = { items: [10, 10, 10, 10], n: 2 };
    const limited = await run(map({ Wait: waiting }, { MaxConcurrency: '{% $states.input.n %}' }), { input });
    expect(limited.seconds).toBe(20);
    expect((await run(map({ Wait: waiting }, { MaxConcurrency: 1 }), { input })).seconds).toBe(40);
  });

  it('At most 40 items run at once', async () => {
    const items = Array.from({ length: 41 }, () => 10);
    expect((await run(map({ Wait: waiting }), { input: { items } })).seconds).toBe(20);
  });

  it('ItemSelector and the states of an item see its index and value in the context', async () => {
    const selector = {
      index: '{% $states.context.Map.Item.Index %}',
      value: '{% $states.context.Map.Item.Value %}',
      all: '{% $count($states.input.items) %}',
    };
    const { end } = await run(
      map(
        { P: pass('{% [$states.input.index, $states.input.all, $states.context.Map.Item.Value] %}') },
        { ItemSelector: selector },
      ),
      { input: { items: ['a', 'b'] } },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[[0,2,"a"],[1,2,"b"]]' });
  });

  it('Items default to the input, and may be a literal array', async () => {
    const processor = { P: pass('{% $states.input * 2 %}') };
    const ofInput = await run(map(processor, { Items: undefined }), { input: [1, 2] });
    expect(ofInput.end).toEqual({ status: 'SUCCEEDED', output: '[2,4]' });
    const literal = await run(map(processor, { Items: [5, '{% $states.input.n %}'] }), { input: { n: 6 } });
    expect(literal.end).toEqual({ status: 'SUCCEEDED', output: '[10,12]' });
  });

  it('A Map state without items succeeds with an empty array', async () => {
    const { end, types } = await run(map({ P: pass(1) }), { input: { items: [] } });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[]' });
    expect(types).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('The deprecated Iterator is read as the ItemProcessor', async () => {
    const definition = map({ P: pass(1) }, { ItemProcessor: undefined, Iterator: states({ P: pass(7) }) });
    expect((await run(definition, { input: { items: [0] } })).end).toMatchObject({ output: '[7]' });
  });

  it('Items that are not an array cause an error that a Catcher can match', async () => {
    const catching = map(
      { P: pass(1) },
      { Next: 'After', Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'After' }] },
    );
    const { end, types } = await run(catching, { input: { items: { a: 1 } } });
    expect(end.status).toBe('SUCCEEDED');
    expect(types).toContain('EvaluationFailed');
  });

  it('Each iteration is recorded with its index', async () => {
    const { events } = await run(map({ P: pass(1) }, { MaxConcurrency: 1 }), { input: { items: [1, 2] } });
    const iterations = events.map(({ type, ...event }) => [
      type,
      event.mapStateStartedEventDetails ??
        event.mapIterationStartedEventDetails ??
        event.mapIterationSucceededEventDetails,
    ]);
    expect(iterations.filter(([, details]) => details !== undefined)).toEqual([
      ['MapStateStarted', { length: 2 }],
      ['MapIterationStarted', { name: 'Each', index: 0 }],
      ['MapIterationSucceeded', { name: 'Each', index: 0 }],
      ['MapIterationStarted', { name: 'Each', index: 1 }],
      ['MapIterationSucceeded', { name: 'Each', index: 1 }],
    ]);
  });

  it('A failed item stops the others, starts no further ones and fails the state', async () => {
    const { end, events, types } = await run(
      map(
        {
          Call: aTask({ Arguments: { Payload: '{% $states.input %}' }, Next: 'Wait' }),
          Wait: { Type: 'Wait', Seconds: 60, End: true },
        },
        { MaxConcurrency: 2 },
      ),
      {
        input: { items: ['ok', 'bad', 'never'] },
        invoke: async ({ Payload: payload }) => {
          if (payload === 'bad') throw new StateError('Bad', 'why');
          return {};
        },
      },
    );
    expect(end).toEqual({ status: 'FAILED', error: 'Bad', cause: 'why' });
    expect(events.find(({ type }) => type === 'MapIterationFailed')).toMatchObject({
      mapIterationFailedEventDetails: { name: 'Each', index: 1 },
    });
    expect(events.find(({ type }) => type === 'MapIterationAborted')).toMatchObject({
      mapIterationAbortedEventDetails: { name: 'Each', index: 0 },
    });
    expect(types.filter((type) => type === 'MapIterationStarted')).toHaveLength(2);
    expect(types.slice(-2)).toEqual(['MapStateFailed', 'ExecutionFailed']);
  });

  it('Retry repeats all items and Catch receives the error of the item', async () => {
    let calls = 0;
    const { end } = await run(
      map(
        { Call: aTask() },
        {
          Next: 'After',
          Retry: [{ ErrorEquals: ['Bad'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After', Output: '{% $states.errorOutput.Error %}' }],
        },
      ),
      {
        input: { items: [1, 2] },
        invoke: async () => {
          calls += 1;
          throw new StateError('Bad');
        },
      },
    );
    expect(end).toEqual({ status: 'SUCCEEDED', output: '"Bad"' });
    expect(calls).toBe(4);
  });

  it('A Map state may contain another one, whose items are in the context', async () => {
    const inner = {
      Type: 'Map',
      Items: '{% $states.input %}',
      ItemProcessor: states({ P: pass('{% $states.context.Map.Item.Value %}') }),
      End: true,
    };
    const { end } = await run(map({ Inner: inner }), { input: { items: [[1, 2], [3]] } });
    expect(end).toEqual({ status: 'SUCCEEDED', output: '[[1,2],[3]]' });
  });

  it('A result of more than 256 KiB is an error', async () => {
    const big = 'x'.repeat(150_000);
    const { end } = await run(map({ P: pass(big) }), { input: { items: [1, 2] } });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('Executions with more than 25,000 events fail, whatever the number of items', async () => {
    const items = Array.from({ length: 7_000 }, () => 0);
    const { end, events } = await run(map({ P: pass(1) }), { input: { items } });
    expect(end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(events).toHaveLength(25_000);
  });
});
