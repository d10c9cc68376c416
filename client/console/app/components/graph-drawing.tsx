import { useMemo } from 'preact/hooks';

import { type ExecutionPath, type StateVisits, transitionKey } from '../model/execution-path.js';
import { formatDuration } from '../model/format.js';
import {
  type PlacedEnd,
  type PlacedGraph,
  type PlacedState,
  type PlacedTransition,
  placed,
} from '../model/layout.js';
import { type MachineGraph, transitionId } from '../model/machine-graph.js';

/** The smallest scale of a drawing, at which its texts can just be read. A wider drawing scrolls sideways. */
const SMALLEST = 0.6;

/**
 * Draws a state machine. States that were visited have a colour and their time, transitions that were taken are strong.
 * Parallel and Map states are in a box with the states that they run.
 */
export function GraphDrawing(props: {
  readonly graph: MachineGraph;
  readonly path: ExecutionPath;
  readonly nowMs: number;
}) {
  const { graph, path, nowMs } = props;
  // The same states have the same places, however often the execution's state changes.
  const key = `${graph.states.map(({ name }) => name).join()}|${graph.transitions.map(transitionId).join()}`;
  const { view, states, transitions, boxes, joints, ends } = useMemo<PlacedGraph>(() => placed(graph), [key]);
  return (
    <div class="graph" tabIndex={0} role="region" aria-label="Drawing">
      <svg
        viewBox={`${view.left} 0 ${view.width} ${view.height}`}
        width={view.width}
        height={view.height}
        style={{ minWidth: `${view.width * SMALLEST}px` }}
        role="img"
        aria-label={describe(path)}
      >
        <Arrows />
        {boxes.map((box) => (
          <rect
            key={box.name}
            class="box"
            data-box={box.name}
            x={box.x - box.width / 2}
            y={box.y - box.height / 2}
            width={box.width}
            height={box.height}
            rx={10}
          />
        ))}
        {transitions.map((one) => (
          <Line
            key={transitionId(one)}
            line={one}
            isTaken={path.transitions.has(transitionKey(one.from, one.to))}
          />
        ))}
        {ends.map((one) => (
          <Line key={one.from} line={one} isTaken={path.ends.has(one.from)} />
        ))}
        {joints.map(({ name, x, y, width: size }) => (
          <circle key={name} class="joint" cx={x} cy={y} r={size / 2} />
        ))}
        {states.map((state) => (
          <StateBox key={state.name} state={state} visits={path.states.get(state.name)} nowMs={nowMs} />
        ))}
      </svg>
    </div>
  );
}

/** The heads of lines. */
function Arrows() {
  const place = { viewBox: '0 0 8 8', refX: '7', refY: '4', orient: 'auto' };
  const head = 'M0.500,0.500 L7.500,4 L0.500,7.500 z';
  return (
    <defs>
      <marker id="arrow" {...place} markerWidth="7" markerHeight="7">
        <path d={head} />
      </marker>
      <marker id="arrow-taken" {...place} markerWidth="6" markerHeight="6">
        <path class="taken" d={head} />
      </marker>
    </defs>
  );
}

function Line({ line, isTaken }: { readonly line: PlacedTransition | PlacedEnd; readonly isTaken: boolean }) {
  const isCatch = 'isCatch' in line && line.isCatch;
  const head = 'to' in line ? (isTaken ? 'url(#arrow-taken)' : 'url(#arrow)') : undefined;
  return (
    <path
      class={`edge ${isCatch ? 'catch' : ''} ${isTaken ? 'taken' : ''}`}
      data-from={line.from}
      data-to={'to' in line ? line.to : undefined}
      d={line.line}
      marker-end={head}
    />
  );
}

function StateBox(props: {
  readonly state: PlacedState;
  readonly visits: StateVisits | undefined;
  readonly nowMs: number;
}) {
  const { state, visits, nowMs } = props;
  const { name, type, isElsewhere, x, y, width, height } = state;
  const left = x - width / 2;
  return (
    <g class={`state ${visits?.outcome ?? 'unvisited'}`} data-state={name}>
      <title>
        {isElsewhere ? `${name} (${type}): in child executions` : titleOf(name, type, visits, nowMs)}
      </title>
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
  const times = [
    visits.visits > 1 ? `, ${visits.visits} visits` : '',
    visits.failed > 0 && visits.visits > 1 ? `, ${visits.failed} failed` : '',
    visits.retries > 0 ? `, ${visits.retries} retried` : '',
  ].join('');
  const failure = visits.failure === undefined ? '' : `\n${visits.failure}`;
  return `${name} (${type}): ${visits.outcome}, ${formatDuration(spentMs(visits, nowMs))}${times}${failure}`;
}

/** How an execution ended, by the event of its end. */
const ENDS: Readonly<Record<string, string>> = {
  ExecutionSucceeded: 'The execution succeeded',
  ExecutionFailed: 'The execution failed',
  ExecutionAborted: 'The execution was stopped',
  ExecutionTimedOut: 'The execution timed out',
};

/** Describes the path of an execution for readers who do not see the drawing. */
function describe({ states, ended }: ExecutionPath): string {
  const names = [...states.values()].map(({ name, outcome }) =>
    outcome === 'done' ? name : `${name} (${outcome})`,
  );
  return `States visited: ${names.join(', ')}. ${ended === undefined ? 'The execution is running' : (ENDS[ended] ?? ended)}.`;
}
