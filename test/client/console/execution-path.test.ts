import { describe, expect, it } from '@jest/globals';

import type { HistoryEvent } from '../../../client/console/api.js';
import { pathOf, transitionKey } from '../../../client/console/app/model/execution-path.js';
import { graphOfPath, machineGraph, mainPart } from '../../../client/console/app/model/machine-graph.js';
import { Visits } from '../../../client/console/app/model/visits.js';
import { describeHistory } from '../../../client/console/server/read-execution.js';

/** Creates a history of events that follow each other, 10 ms apart: a type, a state, a failure. */
function history(
  ...events: readonly (readonly [type: string, state?: string | undefined, failure?: string])[]
) {
  return events.map(([type, state, failure], index): HistoryEvent => ({
    id: index + 1,
    previousId: index,
    type,
    timestampMs: index * 10,
    state,
    failure,
  }));
}

const DEFINITION = JSON.stringify({
  StartAt: 'Prepare',
  States: {
    Prepare: { Type: 'Task', Next: 'Start', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Collect' }] },
    Start: { Type: 'Task', Next: 'Collect', Catch: [{ ErrorEquals: ['NoCapacity'], Next: 'Wait' }] },
    Wait: { Type: 'Wait', Next: 'Start' },
    Collect: { Type: 'Task', Next: 'DidSucceed' },
    DidSucceed: { Type: 'Choice', Choices: [{ Next: 'Passed' }], Default: 'Failed' },
    Passed: { Type: 'Succeed' },
    Failed: { Type: 'Fail' },
  },
});

const SUCCESS = history(
  ['ExecutionStarted'],
  ['TaskStateEntered', 'Prepare'],
  ['TaskScheduled', 'Prepare'],
  ['TaskStateExited', 'Prepare'],
  ['TaskStateEntered', 'Start'],
  ['TaskStateExited', 'Start'],
  ['SucceedStateEntered', 'Passed'],
  ['SucceedStateExited', 'Passed'],
  ['ExecutionSucceeded'],
);

describe('The path of an execution', () => {
  it('The path has the visited states with their times, and the transitions between them', () => {
    const { states, transitions, ended } = pathOf(SUCCESS);

    expect([...states.keys()]).toEqual(['Prepare', 'Start', 'Passed']);
    expect(states.get('Prepare')).toMatchObject({ visits: 1, spentMs: 20, outcome: 'done' });
    expect([...transitions]).toEqual([transitionKey('Prepare', 'Start'), transitionKey('Start', 'Passed')]);
    expect(ended).toBe('ExecutionSucceeded');
  });

  it('A failure that a state catches is caught, and one of a Fail state ends the execution', () => {
    const { states } = pathOf(
      history(
        ['ExecutionStarted'],
        ['TaskStateEntered', 'Prepare'],
        ['LambdaFunctionFailed', 'Prepare', 'NotAllowed: image'],
        ['TaskStateExited', 'Prepare'],
        ['FailStateEntered', 'Failed'],
        ['ExecutionFailed', undefined, 'NotAllowed'],
      ),
    );

    expect(states.get('Prepare')).toMatchObject({ outcome: 'caught', failure: 'NotAllowed: image' });
    expect(states.get('Failed')).toMatchObject({ outcome: 'failed' });
  });

  it('A state whose task is retried and succeeds is done', () => {
    const { states } = pathOf(
      history(
        ['TaskStateEntered', 'Prepare'],
        ['TaskFailed', 'Prepare', 'throttled'],
        ['TaskScheduled', 'Prepare'],
        ['TaskSucceeded', 'Prepare'],
        ['TaskStateExited', 'Prepare'],
      ),
    );

    expect(states.get('Prepare')).toMatchObject({ outcome: 'done', failure: undefined });
  });

  it('The state of a canceled execution is stopped, and that of a running one active', () => {
    const running = history(['ExecutionStarted'], ['TaskStateEntered', 'Start']);
    const canceled = [...running, { ...history(['ExecutionAborted'])[0], timestampMs: 50 } as HistoryEvent];

    expect(pathOf(running).states.get('Start')).toMatchObject({ outcome: 'active', enteredAtMs: 10 });
    expect(pathOf(canceled).states.get('Start')).toMatchObject({ outcome: 'stopped', spentMs: 40 });
  });

  it('A state of a loop counts its visits and the times of all of them', () => {
    const { states, transitions } = pathOf(
      history(
        ['TaskStateEntered', 'Start'],
        ['TaskStateExited', 'Start'],
        ['WaitStateEntered', 'Wait'],
        ['WaitStateExited', 'Wait'],
        ['TaskStateEntered', 'Start'],
        ['TaskStateExited', 'Start'],
      ),
    );

    expect(states.get('Start')).toMatchObject({ visits: 2, spentMs: 20 });
    expect(transitions).toContain(transitionKey('Wait', 'Start'));
  });
});

describe('The graph of a machine', () => {
  it('The main part leaves out states that only errors lead to, and shows those that were visited', () => {
    const graph = machineGraph(DEFINITION);
    const waited = pathOf(
      history(['TaskStateEntered', 'Start'], ['TaskStateExited', 'Start'], ['WaitStateEntered', 'Wait']),
    );

    expect(graph.states).toHaveLength(7);
    expect(mainPart(graph, pathOf(SUCCESS)).states.map(({ name }) => name)).not.toContain('Wait');
    const shown = mainPart(graph, waited);
    expect(shown.states.map(({ name }) => name)).toContain('Wait');
    expect(shown.transitions).toContainEqual({ from: 'Start', to: 'Wait', isCatch: true });
    expect(shown.transitions).not.toContainEqual({ from: 'Prepare', to: 'Collect', isCatch: true });
  });

  it('The graph has the states inside of maps and parallel branches', () => {
    const inner = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const { states, transitions } = machineGraph(
      JSON.stringify({
        StartAt: 'Each',
        States: {
          Each: { Type: 'Map', ItemProcessor: inner('One'), Next: 'Both' },
          Both: { Type: 'Parallel', Branches: [inner('Left'), inner('Right')], End: true },
        },
      }),
    );

    expect(states.map(({ name }) => name)).toEqual(['Each', 'One', 'Both', 'Left', 'Right']);
    expect(transitions).toContainEqual({ from: 'Both', to: 'Right', isCatch: false });
  });

  it('Without a definition, the graph has the visited states', () => {
    const { states, transitions } = graphOfPath(pathOf(SUCCESS));

    expect(states).toHaveLength(3);
    expect(transitions).toHaveLength(2);
  });
});

describe('describeHistory', () => {
  it('`describeHistory` returns the events that were sent, and hides task tokens', () => {
    const {
      history: events,
      sent,
      dataOf,
    } = describeHistory([
      {
        id: 1,
        previousEventId: 0,
        type: 'TaskStateEntered',
        timestamp: new Date(5),
        stateEnteredEventDetails: { name: 'Emit' },
      },
      {
        id: 2,
        previousEventId: 1,
        type: 'TaskScheduled',
        timestamp: new Date(7),
        taskScheduledEventDetails: {
          resourceType: 'events',
          resource: 'putEvents',
          region: 'us-east-1',
          parameters: JSON.stringify({
            Entries: [{ DetailType: 'Run State Change', Source: 'codeseeder', Detail: { status: 'QUEUED' } }],
            Payload: { taskToken: 'secret-token' },
          }),
        },
      },
    ]);

    expect(events).toMatchObject([{ state: 'Emit' }, { timestampMs: 7 }]);
    expect(new Visits(events).stateOf(2)).toBe('Emit');
    expect(sent).toMatchObject([{ detailType: 'Run State Change', source: 'codeseeder', timestampMs: 7 }]);
    expect(JSON.parse(sent[0]?.detail ?? '')).toEqual({ status: 'QUEUED' });
    expect(dataOf(2)).toContain('not shown');
    expect(dataOf(2)).not.toContain('secret-token');
  });
});
