/** Reads the states and transitions of a state machine from its definition. */
import { type ExecutionPath, transitionKey } from './execution-path.js';

/** A state of a machine. */
export interface MachineState {
  readonly name: string;
  /** Type in Amazon States Language, such as `Task`. */
  readonly type: string;
}

/** A transition between two states. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** Whether an error leads along this transition. */
  readonly isCatch: boolean;
}

/** Returns a name for a transition among all of its graph. */
export function transitionId({ from, to, isCatch }: Transition): string {
  return `${transitionKey(from, to)}${isCatch ? '\ncatch' : ''}`;
}

/** States and transitions of a machine. */
export interface MachineGraph {
  /** The first state. */
  readonly start: string | undefined;
  readonly states: readonly MachineState[];
  readonly transitions: readonly Transition[];
}

interface Definition {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, StateDefinition>>;
}

interface StateDefinition {
  readonly Type?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next?: string }[];
  readonly Branches?: readonly Definition[];
  readonly ItemProcessor?: Definition;
  readonly Iterator?: Definition;
}

/** Reads a definition, with the states of branches and of maps. @throws SyntaxError if it is not JSON */
export function machineGraph(definition: string): MachineGraph {
  const read = JSON.parse(definition) as Definition;
  const graph = { start: read.StartAt, states: [] as MachineState[], transitions: [] as Transition[] };
  addStates(read, graph);
  return graph;
}

function addStates(
  { States: states = {} }: Definition,
  graph: { states: MachineState[]; transitions: Transition[] },
): void {
  for (const [name, state] of Object.entries(states)) {
    graph.states.push({ name, type: state.Type ?? 'State' });
    graph.transitions.push(...transitionsOf(name, state));
    const { Branches: branches = [], ItemProcessor: items, Iterator: iterator } = state;
    for (const inner of [...branches, items, iterator]) if (inner !== undefined) addStates(inner, graph);
  }
}

function transitionsOf(from: string, state: StateDefinition): Transition[] {
  const { Branches: branches = [], ItemProcessor: items, Iterator: iterator } = state;
  const starts = [...branches, items, iterator].map((inner) => inner?.StartAt);
  const next = [state.Next, ...(state.Choices ?? []).map((choice) => choice.Next), state.Default, ...starts];
  const caught = (state.Catch ?? []).map((one) => one.Next);
  const regular = distinct(next);
  return [
    ...regular.map((to) => ({ from, to, isCatch: false })),
    ...distinct(caught)
      .filter((to) => !regular.includes(to))
      .map((to) => ({ from, to, isCatch: true })),
  ];
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Returns the graph of the states that an execution visited, for a machine whose definition cannot be read. */
export function graphOfPath({ states, transitions }: ExecutionPath): MachineGraph {
  const [start] = states.keys();
  return {
    start,
    states: [...states.keys()].map((name) => ({ name, type: 'State' })),
    transitions: [...transitions].map((key) => {
      const [from = '', to = ''] = key.split('\n');
      return { from, to, isCatch: false };
    }),
  };
}

/**
 * Returns the part of a graph that most readers need: what the execution visited, and the way that it takes without an
 * error. A loop that was not entered is left out.
 */
export function mainPart(graph: MachineGraph, path: ExecutionPath): MachineGraph {
  const kept = new Set([...path.states.keys(), ...regularWay(graph)]);
  const states = graph.states.filter(({ name }) => kept.has(name));
  const transitions = graph.transitions.filter(
    ({ from, to, isCatch }) =>
      kept.has(from) && kept.has(to) && (!isCatch || path.transitions.has(transitionKey(from, to))),
  );
  return { start: graph.start, states, transitions };
}

/** Returns the states that can be reached from the first one without an error. */
function regularWay({ start, transitions }: MachineGraph): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = start === undefined ? [] : [start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...transitions.filter(({ from, isCatch }) => from === name && !isCatch).map(({ to }) => to));
  }
  return reached;
}
