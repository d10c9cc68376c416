/** Places the states of a machine, with dagre. */
import { Graph, layout } from '@dagrejs/dagre';

import { type MachineGraph, type Transition, transitionId } from './machine-graph.js';

const NODE = { height: 34, character: 7.6, padding: 84, narrowest: 160 } as const;

export interface PlacedState {
  readonly name: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedTransition extends Transition {
  /** The line, as the data of an SVG path. */
  readonly line: string;
}

/** A graph with the place of each state and line. */
export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly transitions: readonly PlacedTransition[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Places states from top to bottom. */
export function placed({ states, transitions }: MachineGraph): PlacedGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep: 24, nodesep: 26, edgesep: 14, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of states) {
    const width = Math.max(NODE.narrowest, name.length * NODE.character + NODE.padding);
    graph.setNode(name, { width, height: NODE.height });
  }
  const known = new Set(states.map(({ name }) => name));
  const drawn = transitions.filter(({ from, to }) => known.has(from) && known.has(to));
  // Lines of errors may be long, so that the regular way stays straight.
  for (const transition of drawn)
    graph.setEdge(
      transition.from,
      transition.to,
      { weight: transition.isCatch ? 1 : 8 },
      transitionId(transition),
    );
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    states: states.map((state) => ({ ...state, ...(graph.node(state.name) as Omit<PlacedState, 'name'>) })),
    transitions: drawn.map((one) => {
      const { points } = graph.edge(one.from, one.to, transitionId(one)) as { points: readonly Point[] };
      return { ...one, line: lineThrough(points) };
    }),
  };
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

function at({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
