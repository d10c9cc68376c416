import { describe, expect, it } from '@jest/globals';

import { pathOf, transitionKey } from '../../../client/console/app/model/execution-path.js';
import { placed } from '../../../client/console/app/model/layout.js';
import { graphOfPath, machineGraph, mainPart } from '../../../client/console/app/model/machine-graph.js';
import { Visits } from '../../../client/console/app/model/visits.js';
import { describeHistory } from '../../../client/console/server/read-execution.js';
import { StateError } from '../../../lib/local/states/interpreter/state-error.js';
import { StopReason } from '../../../lib/local/states/interpreter/run-machine.js';
import { simulatedClock } from '../../local/simulated-clock.js';
import { aDefinition, aTask, run } from '../../local/states/a-machine.js';

type Options = Parameters<typeof run>[1];

/** Runs a machine in the interpreter of the local AWS. Returns the history as the console's server sends it. */
async function historyOf(definition: unknown, options: Options = {}) {
  const { events } = await run(definition, options);
  return describeHistory(
    events.map(({ timestamp, ...event }) => ({ ...event, timestamp: new Date(timestamp) })),
  ).history;
}

const pathThrough = async (definition: unknown, options?: Options) =>
  pathOf(await historyOf(definition, options));

const branch = (states: Record<string, unknown>) => ({ StartAt: Object.keys(states)[0], States: states });
const pass = { Type: 'Pass', End: true };
const wait = (seconds: number) => ({ Type: 'Wait', Seconds: seconds, End: true });
const all = (next: string) => [{ ErrorEquals: ['States.ALL'], Next: next }];

const outcomes = ({ states }: ReturnType<typeof pathOf>) =>
  Object.fromEntries([...states].map(([name, { outcome }]) => [name, outcome]));

/** A machine of every type of state. */
const COMPOSED = aDefinition({
  Start: { Type: 'Pass', Next: 'Which' },
  Which: {
    Type: 'Choice',
    Choices: [{ Condition: '{% $states.input.skip = true %}', Next: 'Skipped' }],
    Default: 'Both',
  },
  Skipped: { Type: 'Succeed' },
  Both: {
    Type: 'Parallel',
    Branches: [
      branch({ Long: { ...wait(20), End: undefined, Next: 'After' }, After: pass }),
      branch({ Short: { Type: 'Wait', Seconds: 10, Next: 'Ended' }, Ended: { Type: 'Succeed' } }),
    ],
    Catch: all('Mended'),
    Next: 'Each',
  },
  Mended: { Type: 'Pass', Next: 'Each' },
  Each: {
    Type: 'Map',
    Items: [1, 2, 3],
    MaxConcurrency: 2,
    ItemProcessor: branch({ One: { Type: 'Wait', Seconds: 5, Next: 'Two' }, Two: pass }),
    Next: 'End',
  },
  End: { Type: 'Succeed' },
});

describe('The path through a machine made of other states', () => {
  it('Branches and iterations have their own transitions, and the next state follows the state that runs them', async () => {
    const path = await pathThrough(COMPOSED);

    expect(new Set(Object.values(outcomes(path)))).toEqual(new Set(['done']));
    expect(path.transitions).toEqual(
      new Set(
        [
          ['Start', 'Which'],
          ['Which', 'Both'],
          ['Both', 'Long'],
          ['Long', 'After'],
          ['Both', 'Short'],
          ['Short', 'Ended'],
          ['Both', 'Each'],
          ['Each', 'One'],
          ['One', 'Two'],
          ['Each', 'End'],
        ].map(([from = '', to = '']) => transitionKey(from, to)),
      ),
    );
    expect(path.ends).toEqual(new Set(['After', 'Ended', 'Two']));
  });

  it('Every transition that was taken is one of the definition, and the path alone has the same containers', async () => {
    const path = await pathThrough(COMPOSED);
    const graph = machineGraph(JSON.stringify(COMPOSED));
    const known = new Set(graph.transitions.map(({ from, to }) => transitionKey(from, to)));
    const read = new Map(graph.states.map(({ name, type, container }) => [name, { type, container }]));

    expect([...path.transitions].filter((key) => !known.has(key))).toEqual([]);
    expect([...path.ends].filter((name) => !graph.ends.includes(name))).toEqual([]);
    for (const { name, type, container } of graphOfPath(path).states)
      expect(read.get(name)).toEqual({ type, container });
    expect(placed(graphOfPath(path)).boxes.map(({ name }) => name)).toEqual(['Both', 'Each']);
  });

  it('Iterations at the same time count their time once, and each is a visit', async () => {
    const { states } = await pathThrough(COMPOSED);

    // Three items with five seconds each, two at the same time.
    expect(states.get('One')).toMatchObject({ visits: 3, spentMs: 10_000, container: 'Each', type: 'Wait' });
    expect(states.get('Both')).toMatchObject({ visits: 1, spentMs: 20_000, container: undefined });
  });

  it('A branch that fails stops the others, and the state that runs them catches it', async () => {
    const path = await pathThrough(
      aDefinition({
        Both: {
          Type: 'Parallel',
          Branches: [
            branch({ Waits: wait(3_600) }),
            branch({ Soon: { Type: 'Wait', Seconds: 5, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'No' } }),
          ],
          Catch: all('Mended'),
          End: true,
        },
        Mended: pass,
      }),
    );

    expect(outcomes(path)).toEqual({
      Both: 'caught',
      Waits: 'stopped',
      Soon: 'done',
      Bad: 'failed',
      Mended: 'done',
    });
    expect(path.states.get('Both')?.failure).toBe('Bad: failed');
    expect(path.transitions).toContain(transitionKey('Both', 'Mended'));
    expect(path.ends).toEqual(new Set());
  });

  it('A failure in a state inside two others reaches both, and ends the execution', async () => {
    const inner = {
      Type: 'Parallel',
      Branches: [branch({ Deep: aTask() }), branch({ Aside: wait(60) })],
      End: true,
    };
    const path = await pathThrough(
      aDefinition({
        Outer: {
          Type: 'Parallel',
          Branches: [branch({ Inner: inner }), branch({ Waits: wait(60) })],
          End: true,
        },
      }),
      {
        invoke: async () => {
          throw new StateError('Bad', 'why');
        },
      },
    );

    expect(outcomes(path)).toEqual({
      Outer: 'failed',
      Inner: 'failed',
      Waits: 'stopped',
      Deep: 'failed',
      Aside: 'stopped',
    });
    expect(path.states.get('Deep')?.failure).toBe('Bad: why');
    expect(path.states.get('Inner')?.failure).toBe('Deep: Bad: why');
  });

  it('A map of which an iteration fails shows it, even if others succeeded', async () => {
    const path = await pathThrough(
      aDefinition({
        Each: {
          Type: 'Map',
          Items: [1, 2, 3],
          MaxConcurrency: 1,
          ItemProcessor: branch({
            Which: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'Bad' }],
              Default: 'Good',
            },
            Good: pass,
            Bad: { Type: 'Fail', Error: 'Two' },
          }),
          Catch: all('Mended'),
          End: true,
        },
        Mended: pass,
      }),
    );

    expect(outcomes(path)).toEqual({
      Each: 'caught',
      Which: 'done',
      Good: 'done',
      Bad: 'failed',
      Mended: 'done',
    });
    expect(path.states.get('Which')).toMatchObject({ visits: 2 });
    expect(path.ends).toEqual(new Set(['Good']));
  });

  it('A state that fails in one of many iterations is failed, whatever the later ones did', async () => {
    const path = await pathThrough(
      aDefinition({
        Each: {
          Type: 'Map',
          Items: [1, 2],
          ItemProcessor: branch({
            Call: aTask({ Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' } }),
          }),
          End: true,
        },
      }),
      {
        invoke: async (sent) => {
          if (sent['Payload'] === 1) throw new StateError('Bad', 'why');
          return { Payload: 'done' };
        },
      },
    );

    expect(path.states.get('Call')).toMatchObject({ visits: 2, outcome: 'failed', failed: 1 });
  });

  it('A state that is retried and succeeds is done, and so are those of a Parallel state that is retried', async () => {
    let calls = 0;
    const retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 3 }];
    const invoke = async () => {
      calls += 1;
      if (calls % 2 === 1) throw new StateError('Busy', 'again');
      return { Payload: 'done' };
    };
    const own = await pathThrough(aDefinition({ Call: aTask({ Retry: retry }) }), { invoke });
    calls = 0;
    const parallel = { Type: 'Parallel', Branches: [branch({ Call: aTask() })], Retry: retry, End: true };
    const outer = await pathThrough(aDefinition({ Both: parallel }), { invoke });

    expect(own.states.get('Call')).toMatchObject({
      outcome: 'done',
      visits: 1,
      retries: 1,
      failure: undefined,
    });
    expect(outer.states.get('Both')).toMatchObject({
      outcome: 'done',
      visits: 1,
      retries: 1,
      failure: undefined,
    });
    expect(outer.states.get('Call')).toMatchObject({ outcome: 'done', visits: 2, failed: 0 });
    expect(outer.ends).toEqual(new Set(['Call']));
  });

  it('A canceled execution stops the states of all branches', async () => {
    const end = new AbortController();
    const clock = simulatedClock();
    const definition = aDefinition({
      Both: {
        Type: 'Parallel',
        Branches: [
          branch({ Quick: { Type: 'Pass', Next: 'Wait1' }, Wait1: wait(60) }),
          branch({ Call: aTask() }),
        ],
        End: true,
      },
    });
    const invoke = async () => {
      end.abort(new StopReason('Stopped', 'by a test'));
      return { Payload: 'done' };
    };
    const path = await pathThrough(definition, { clock, signal: end.signal, invoke });

    expect(path.ended).toBe('ExecutionAborted');
    expect(outcomes(path)).toEqual({ Both: 'stopped', Quick: 'done', Wait1: 'stopped', Call: 'stopped' });
  });

  it('A Choice state without a matching rule has failed', async () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Never' }] };
    const path = await pathThrough(
      aDefinition({
        Both: {
          Type: 'Parallel',
          Branches: [branch({ Which: choice, Never: pass }), branch({ Waits: wait(9) })],
          Catch: all('Mended'),
          End: true,
        },
        Mended: pass,
      }),
    );

    expect(outcomes(path)).toEqual({ Both: 'failed', Which: 'failed', Waits: 'stopped' });
  });

  it('Each event of the history belongs to a state, except those of the execution', async () => {
    const history = await historyOf(COMPOSED);
    const visits = new Visits(history);
    const without = history.filter(({ id }) => visits.stateOf(id) === undefined).map(({ type }) => type);

    expect(without).toEqual(['ExecutionStarted', 'ExecutionSucceeded']);
    const started = history.filter(({ type }) => type === 'MapIterationStarted');
    expect(started.map(({ id }) => visits.stateOf(id))).toEqual(['Each', 'Each', 'Each']);
  });
});

describe('The drawing of a machine made of other states', () => {
  const graph = machineGraph(JSON.stringify(COMPOSED));

  it('The states of branches are inside the box of the state that runs them, and no other states are', () => {
    const { states, boxes } = placed(graph);
    const isInside = (name: string, box: (typeof boxes)[number]) => {
      const { x = 0, y = 0 } = states.find((state) => state.name === name) ?? {};
      return Math.abs(x - box.x) < box.width / 2 && Math.abs(y - box.y) < box.height / 2;
    };

    expect(boxes.map(({ name }) => name)).toEqual(['Both', 'Each']);
    for (const box of boxes)
      for (const { name, container } of states)
        expect([box.name, name, isInside(name, box)]).toEqual([
          box.name,
          name,
          container === box.name || name === box.name,
        ]);
  });

  it('The branches join before the next state, and an error leaves from the state that catches it', () => {
    const { ends, joints, states, transitions } = placed(graph);
    const yOf = (name: string) => states.find((state) => state.name === name)?.y ?? 0;
    const joint = joints.find(({ name }) => name === 'Both');

    expect(ends.map(({ from }) => from).sort()).toEqual(['After', 'Ended', 'Two']);
    expect(joint?.y).toBeGreaterThan(yOf('After'));
    expect(joint?.y).toBeLessThan(yOf('Each'));
    expect(transitions).toContainEqual(
      expect.objectContaining({ from: 'Both', to: 'Mended', isCatch: true }),
    );
    expect(transitions.every(({ line }) => /^M[\d.-]/.test(line))).toBe(true);
  });

  it('A line from a state to itself starts and ends at its right side, and is inside the drawing', () => {
    const looping = {
      StartAt: 'Look',
      States: {
        Look: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Look' }], Default: 'Ended' },
        Ended: { Type: 'Succeed' },
      },
    };
    const { view, states, transitions } = placed(machineGraph(JSON.stringify(looping)));
    const { x = 0, width = 0 } = states.find(({ name }) => name === 'Look') ?? {};
    const line = transitions.find(({ from, to }) => from === to)?.line ?? '';
    const xs = [...line.matchAll(/([\d.-]+),/g)].map(([, number]) => Number(number));

    expect([xs[0], xs.at(-1)]).toEqual([x + width / 2, x + width / 2]);
    expect(Math.max(...xs)).toBeGreaterThan(x + width / 2);
    expect(Math.max(...xs)).toBeLessThan(view.left + view.width);
  });

  it('A state that may be visited again has room for the number of its visits', () => {
    const waiting = {
      StartAt: 'FirstOfThemAll',
      States: {
        FirstOfThemAll: { Type: 'Pass', Next: 'AsksWhetherDone' },
        AsksWhetherDone: {
          Type: 'Choice',
          Choices: [{ Next: 'WaitsForAWhile' }],
          Default: 'SaysThatItEnded',
        },
        WaitsForAWhile: { Type: 'Wait', Seconds: 1, Next: 'AsksWhetherDone' },
        SaysThatItEnded: { Type: 'Succeed' },
      },
    };
    const { states } = placed(machineGraph(JSON.stringify(waiting)));
    const roomOf = (wanted: string) =>
      (states.find(({ name }) => name === wanted)?.width ?? 0) - wanted.length * 7;

    expect(roomOf('WaitsForAWhile')).toBeGreaterThan(roomOf('FirstOfThemAll') + 20);
    expect(roomOf('AsksWhetherDone')).toBeCloseTo(roomOf('WaitsForAWhile'));
    expect(roomOf('SaysThatItEnded')).toBeCloseTo(roomOf('FirstOfThemAll'));
  });

  it('The main part has the branches, and a state that only an error leads to once it was visited', async () => {
    const path = await pathThrough(COMPOSED);
    const names = mainPart(graph, path).states.map(({ name }) => name);

    expect(names).not.toContain('Mended');
    expect(names).toEqual(expect.arrayContaining(['Long', 'Ended', 'Two', 'Skipped']));
    expect(placed(mainPart(graph, path)).boxes).toHaveLength(2);
  });

  it('A machine with JSONPath has the same graph: rules of rules lead nowhere, and an Iterator is an inline Map', () => {
    const rules = [
      {
        And: [
          { Variable: '$.a', IsPresent: true },
          { Variable: '$.b', NumericEquals: 1 },
        ],
        Next: 'First',
      },
      { Not: { Variable: '$.a', IsNull: true }, Next: 'Other' },
    ];
    const { states, transitions, ends } = machineGraph(
      JSON.stringify({
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemsPath: '$.items',
            Iterator: branch({
              Which: { Type: 'Choice', Choices: rules, Default: 'Other' },
              First: pass,
              Other: pass,
            }),
            End: true,
          },
        },
      }),
    );

    expect(states.map(({ name, container }) => [name, container])).toEqual([
      ['Each', undefined],
      ['Which', 'Each'],
      ['First', 'Each'],
      ['Other', 'Each'],
    ]);
    expect(transitions.map(({ from, to }) => [from, to])).toEqual([
      ['Each', 'Which'],
      ['Which', 'First'],
      ['Which', 'Other'],
    ]);
    expect(ends).toEqual(['First', 'Other']);
  });

  it('States of a distributed Map state are in executions of their own, and a Map in a branch has a box of its own', () => {
    const each = (config: object | undefined) => ({
      Type: 'Map',
      ItemProcessor: { ...branch({ Child: pass }), ProcessorConfig: config },
      End: true,
    });
    const read = (config?: object) =>
      machineGraph(
        JSON.stringify(
          aDefinition({ Both: { Type: 'Parallel', Branches: [branch({ Each: each(config) })], End: true } }),
        ),
      );
    const distributed = read({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });

    expect(distributed.states.filter(({ isElsewhere }) => isElsewhere).map(({ name }) => name)).toEqual([
      'Child',
    ]);
    expect(read().states.some(({ isElsewhere }) => isElsewhere)).toBe(false);
    const [outer, inner] = placed(read()).boxes;
    expect(outer?.height).toBeGreaterThan(inner?.height ?? Infinity);
  });
});
