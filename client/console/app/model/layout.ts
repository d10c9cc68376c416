/** Places the states of a machine, with dagre. */
import { type Edge, Graph, layout } from '@dagrejs/dagre';

import { type MachineGraph, type MachineState, type Transition, transitionId } from './machine-graph.js';

/** Sizes of a state. `time` has room for `23 h 59 min`, and `visits` for `99× ` before it. */
const NODE = { height: 34, character: 7, padding: 26, time: 70, visits: 28, narrowest: 150 } as const;
/** Size of the point at which the branches of a Parallel or Map state end. */
const JOINT = { width: 8, height: 8 } as const;

/** The place of a rectangle: its middle and its size. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedState extends MachineState, Place {}

/** The box around a Parallel or Map state and the states that it runs. */
export interface PlacedBox extends Place {
  readonly name: string;
}

/** The point at which the branches of a Parallel or Map state end. */
export interface PlacedJoint extends Place {
  readonly name: string;
}

export interface PlacedTransition extends Transition {
  /** The line, as the data of an SVG path. */
  readonly line: string;
}

/** The line from the last state of a branch to the point at which the branches end. */
export interface PlacedEnd {
  readonly from: string;
  readonly line: string;
}

/** A graph with the place of each state and line. */
export interface PlacedGraph {
  /** The rectangle that has all of the drawing. */
  readonly view: View;
  readonly states: readonly PlacedState[];
  readonly transitions: readonly PlacedTransition[];
  readonly boxes: readonly PlacedBox[];
  readonly joints: readonly PlacedJoint[];
  readonly ends: readonly PlacedEnd[];
}

/** A rectangle whose top is at 0. */
interface View {
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Space around the drawing, with room for the head of a line. */
const MARGIN = 6;

/** Size of the line from a state to itself, at the state's right side. It fits between neighbours. */
const LOOP = { width: 24, height: 16 } as const;

const boxOf = (container: string) => `${container}\nbox`;
const jointOf = (container: string) => `${container}\njoint`;
const endOf = (name: string) => `${name}\nend`;

/** Places states from top to bottom. */
export function placed(machine: MachineGraph): PlacedGraph {
  const graph = new Graph({ multigraph: true, compound: true });
  graph.setGraph({ rankdir: 'TB', ranksep: 24, nodesep: 16, edgesep: 14, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  const { containers, jointed } = addNodes(graph, machine);
  // A line to the next state begins where the branches end.
  const exitOf = (name: string) => (jointed.has(name) ? jointOf(name) : name);
  const containerOf = new Map(machine.states.map(({ name, container }) => [name, container]));
  const startOf = ({ from, to, isCatch }: Transition) =>
    isCatch || containerOf.get(to) === from ? from : exitOf(from);
  const drawn = machine.transitions.filter(({ from, to }) => containerOf.has(from) && containerOf.has(to));
  // Lines of errors may be long, so that the regular way stays straight.
  const isLoop = (one: Transition) => startOf(one) === one.to;
  for (const one of drawn.filter((each) => !isLoop(each)))
    graph.setEdge(startOf(one), one.to, { weight: one.isCatch ? 1 : 8 }, transitionId(one));
  const ends = machine.ends.map((from) => ({ from, to: jointOf(containerOf.get(from) ?? '') }));
  for (const { from, to } of ends) graph.setEdge(exitOf(from), to, { weight: 4 }, endOf(from));
  layout(graph);
  const lineOf = (from: string, to: string, id: string) => lineThrough(pointsOf(graph.edge(from, to, id)));
  return {
    view: viewOf(
      graph,
      drawn.filter(isLoop).map(({ to }) => to),
    ),
    states: machine.states.map((state) => ({ ...state, ...placeOf(graph, state.name) })),
    transitions: drawn.map((one) => ({
      ...one,
      line: isLoop(one) ? loopAt(placeOf(graph, one.to)) : lineOf(startOf(one), one.to, transitionId(one)),
    })),
    boxes: [...containers].map((name) => ({ name, ...placeOf(graph, boxOf(name)) })),
    joints: [...jointed].map((name) => ({ name, ...placeOf(graph, jointOf(name)) })),
    ends: ends.map(({ from, to }) => ({ from, line: lineOf(exitOf(from), to, endOf(from)) })),
  };
}

/** Adds states, and a box with a joint for each state that runs others. */
function addNodes(graph: Graph, { states, transitions, ends }: MachineGraph) {
  const repeated = repeatedStates(transitions);
  const containerOf = new Map(states.map(({ name, container }) => [name, container]));
  const containers = new Set(states.flatMap(({ container }) => container ?? []));
  const jointed = new Set(ends.flatMap((name) => containerOf.get(name) ?? []));
  for (const { name } of states) {
    const texts = name.length * NODE.character + NODE.time + (repeated.has(name) ? NODE.visits : 0);
    graph.setNode(name, { width: Math.max(NODE.narrowest, texts + NODE.padding), height: NODE.height });
  }
  for (const name of containers) graph.setNode(boxOf(name), {});
  for (const name of jointed) graph.setNode(jointOf(name), { ...JOINT });
  for (const { name, container } of states) {
    const own = containers.has(name) ? boxOf(name) : name;
    if (own !== name) graph.setParent(name, own);
    if (jointed.has(name)) graph.setParent(jointOf(name), own);
    if (container !== undefined) graph.setParent(own, boxOf(container));
  }
  return { containers, jointed };
}

/** Returns the names of states that an execution can visit more than once, because transitions lead back to them. */
function repeatedStates(transitions: readonly Transition[]): ReadonlySet<string> {
  const nextOf = (name: string) => transitions.flatMap(({ from, to }) => (from === name ? [to] : []));
  const leadsBack = (name: string) => {
    const reached = new Set(nextOf(name));
    // A set that grows while it is read has its new members read, too.
    for (const next of reached) for (const to of nextOf(next)) reached.add(to);
    return reached.has(name);
  };
  return new Set(transitions.map(({ from }) => from).filter(leadsBack));
}

/** Returns the rectangle of the drawing. Bent lines and those from a state to itself may pass the one of dagre. */
function viewOf(graph: Graph, looped: readonly string[]): View {
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const points: readonly Point[] = graph.edges().flatMap((edge: Edge) => pointsOf(graph.edge(edge)));
  const ends = looped.map((name) => rightOf(placeOf(graph, name)) + LOOP.width);
  const xs = [...points.map(({ x }) => x), ...ends];
  const left = Math.min(0, ...xs.map((x) => x - MARGIN));
  const right = Math.max(width, ...xs.map((x) => x + MARGIN));
  return { left, width: right - left, height };
}

function rightOf({ x, width }: Place): number {
  return x + width / 2;
}

function pointsOf(edge: unknown): readonly Point[] {
  return (edge as { readonly points: readonly Point[] }).points;
}

function placeOf(graph: Graph, name: string): Place {
  const { x, y, width, height } = graph.node(name) as Place;
  return { x, y, width, height };
}

/** Returns a smooth line through points: curves between the middles of its sections. */
function lineThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(first)} ${curves.join(' ')} L${at(last)}`;
}

/** Returns the line from a state to itself. */
function loopAt(place: Place): string {
  const right = rightOf(place);
  const [top, bottom] = [place.y - LOOP.height / 2, place.y + LOOP.height / 2];
  const bend = right + LOOP.width;
  return `M${at({ x: right, y: top })} C${at({ x: bend, y: top })} ${at({ x: bend, y: bottom })} ${at({ x: right, y: bottom })}`;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
