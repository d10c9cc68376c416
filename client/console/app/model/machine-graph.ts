/** Reads the states and transitions of a state machine from its definition. */
import { type ExecutionPath, transitionKey } from './execution-path.js';

/** A state of a machine. */
export interface MachineState {
  /** Name, unique in the whole machine, including its branches. */
  readonly name: string;
  /** Type in Amazon States Language, such as `Task`. */
  readonly type: string;
  /** The Parallel or Map state that runs the state; undefined for a state of the machine itself. */
  readonly container: string | undefined;
  /** Whether the state runs in the child executions of a distributed Map state, which have histories of their own. */
  readonly isElsewhere: boolean;
}

/** A transition between two states. A Parallel or Map state leads to the first states that it runs. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  /** Whether the transition is taken after an error (`Catch`). */
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
  /** Names of the states with which branches and iterations end. */
  readonly ends: readonly string[];
}

interface Definition {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, StateDefinition>>;
}

interface Processor extends Definition {
  readonly ProcessorConfig?: { readonly Mode?: string };
}

interface StateDefinition {
  readonly Type?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next?: string }[];
  readonly Branches?: readonly Definition[];
  readonly ItemProcessor?: Processor;
  readonly Iterator?: Processor;
}

/** A graph that is being read. */
interface OpenGraph {
  readonly states: MachineState[];
  readonly transitions: Transition[];
  readonly ends: string[];
}

/** Reads a definition, with the states of branches and of maps. @throws SyntaxError if it is not JSON */
export function machineGraph(definition: string): MachineGraph {
  const read = JSON.parse(definition) as Definition;
  const graph: OpenGraph = { states: [], transitions: [], ends: [] };
  addStates(read, { container: undefined, isElsewhere: false }, graph);
  return { start: read.StartAt, ...graph };
}

function addStates(
  { States: states = {} }: Definition,
  place: Pick<MachineState, 'container' | 'isElsewhere'>,
  graph: OpenGraph,
): void {
  for (const [name, state] of Object.entries(states)) {
    const { Type: type = 'State', End: isEnd = false } = state;
    graph.states.push({ name, type, ...place });
    graph.transitions.push(...transitionsOf(name, state));
    if (place.container !== undefined && (isEnd || type === 'Succeed')) graph.ends.push(name);
    for (const inner of innerOf(state)) {
      const isElsewhere = place.isElsewhere || inner.ProcessorConfig?.Mode === 'DISTRIBUTED';
      addStates(inner, { container: name, isElsewhere }, graph);
    }
  }
}

/** Returns the machines that a state runs: branches, or what it does with each item. */
function innerOf({
  Branches: branches = [],
  ItemProcessor: items,
  Iterator: iterator,
}: StateDefinition): Processor[] {
  return [...branches, items, iterator].filter((inner) => inner !== undefined);
}

function transitionsOf(from: string, state: StateDefinition): Transition[] {
  const starts = innerOf(state).map(({ StartAt: start }) => start);
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
export function graphOfPath({ states, transitions, ends }: ExecutionPath): MachineGraph {
  const [start] = states.keys();
  return {
    start,
    states: [...states.values()].map(({ name, type, container }) => ({
      name,
      type,
      container,
      isElsewhere: false,
    })),
    transitions: [...transitions].map((key) => {
      const [from = '', to = ''] = key.split('\n');
      return { from, to, isCatch: false };
    }),
    ends: [...ends],
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
  return { start: graph.start, states, transitions, ends: graph.ends.filter((name) => kept.has(name)) };
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
