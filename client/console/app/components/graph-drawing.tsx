import { useMemo } from 'preact/hooks';

import { type ExecutionPath, type StateVisits, transitionKey } from '../model/execution-path.js';
import { formatDuration } from '../model/format.js';
import { type PlacedGraph, type PlacedState, placed } from '../model/layout.js';
import { type MachineGraph, transitionId } from '../model/machine-graph.js';

/**
 * Draws a state machine. States that were visited have a colour and their time, transitions that were taken are strong.
 */
export function GraphDrawing(props: {
  readonly graph: MachineGraph;
  readonly path: ExecutionPath;
  readonly nowMs: number;
}) {
  const { graph, path, nowMs } = props;
  // The same states have the same places, however often the execution's state changes.
  const key = `${graph.states.map(({ name }) => name).join()}|${graph.transitions.map(transitionId).join()}`;
  const { width, height, states, transitions } = useMemo<PlacedGraph>(() => placed(graph), [key]);
  return (
    <div class="graph">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={describe(path)}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0.500,0.500 L7.500,4 L0.500,7.500 z" />
          </marker>
          <marker
            id="arrow-taken"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path class="taken" d="M0.500,0.500 L7.500,4 L0.500,7.500 z" />
          </marker>
        </defs>
        {transitions.map((one) => {
          const isTaken = path.transitions.has(transitionKey(one.from, one.to));
          const kind = `${one.isCatch ? 'catch' : ''} ${isTaken ? 'taken' : ''}`;
          const marker = isTaken ? 'url(#arrow-taken)' : 'url(#arrow)';
          return <path key={transitionId(one)} class={`edge ${kind}`} d={one.line} marker-end={marker} />;
        })}
        {states.map((state) => (
          <StateBox key={state.name} state={state} visits={path.states.get(state.name)} nowMs={nowMs} />
        ))}
      </svg>
    </div>
  );
}

function StateBox(props: {
  readonly state: PlacedState;
  readonly visits: StateVisits | undefined;
  readonly nowMs: number;
}) {
  const { state, visits, nowMs } = props;
  const { name, type, x, y, width, height } = state;
  const left = x - width / 2;
  return (
    <g class={`state ${visits?.outcome ?? 'unvisited'}`} data-state={name}>
      <title>{titleOf(name, type, visits, nowMs)}</title>
      <rect
        x={left}
        y={y - height / 2}
        width={width}
        height={height}
        rx={type === 'Choice' ? height / 2 : 6}
      />
      <text x={left + 12} y={y + 4}>
        {name}
      </text>
      {visits !== undefined && (
        <text class="time" x={left + width - 10} y={y + 4} text-anchor="end">
          {visits.visits > 1 ? `${visits.visits}× ` : ''}
          {formatDuration(spentMs(visits, nowMs))}
        </text>
      )}
    </g>
  );
}

function spentMs({ spentMs: ended, enteredAtMs }: StateVisits, nowMs: number): number {
  return ended + (enteredAtMs === undefined ? 0 : Math.max(0, nowMs - enteredAtMs));
}

function titleOf(name: string, type: string, visits: StateVisits | undefined, nowMs: number): string {
  if (visits === undefined) return `${name} (${type}): not visited`;
  const times = visits.visits > 1 ? `, ${visits.visits} visits` : '';
  const failure = visits.failure === undefined ? '' : `\n${visits.failure}`;
  return `${name} (${type}): ${visits.outcome}, ${formatDuration(spentMs(visits, nowMs))}${times}${failure}`;
}

/** Describes the way for readers who do not see the drawing. */
function describe({ states, ended }: ExecutionPath): string {
  const names = [...states.values()].map(({ name, outcome }) =>
    outcome === 'done' ? name : `${name} (${outcome})`,
  );
  return `States visited: ${names.join(', ')}. ${ended ?? 'The execution is running'}.`;
}
