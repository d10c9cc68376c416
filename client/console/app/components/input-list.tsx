import { useState } from 'preact/hooks';

import type { InputState, ListedRun } from '../../api.js';
import { type FollowedMap, useMapRuns } from '../follow-map.js';
import { useListKeys } from '../list-focus.js';
import { formatAge, formatDateTime, formatDuration } from '../model/format.js';
import { nameOfState } from '../model/map-inputs.js';
import { Link } from '../router.js';
import { ProblemNote } from './problem.js';
import { Status } from './status.js';

/** Number of inputs that the list shows at first. The button below shows `LISTED_MAX`. */
const PAGE = 50;
/** Greatest number of inputs in the list: as many as one request can ask for. */
const LISTED_MAX = 100;

/** The first inputs in the order of the grid, with their runs. */
export function InputList(props: {
  readonly map: FollowedMap;
  readonly mapId: string;
  readonly order: Int32Array;
  /** The state that is shown; undefined if all are. */
  readonly shown: InputState | undefined;
  readonly isOver: boolean;
  readonly nowMs: number;
}) {
  const { map, mapId, order, shown, isOver, nowMs } = props;
  const [limit, setLimit] = useState(PAGE);
  const list = useListKeys();
  const { inputs } = map;
  const positions = [...order.subarray(0, limit)];
  const indexes = positions.map((position) => inputs.indexAt(position));
  const started = positions
    .filter((position) => inputs.stateAt(position) !== 'waiting')
    .map((position) => inputs.indexAt(position));
  const { runs, reasons, error } = useMapRuns(mapId, `${shown ?? ''}|${limit}`, started, !isOver);
  return (
    <section aria-label="Runs of inputs">
      <ProblemNote message={error} />
      <ol class="run-list" ref={list} aria-label="Inputs">
        {indexes.map((index, at) => (
          <InputRow
            key={index}
            mapId={mapId}
            index={index}
            state={nameOfState(inputs.stateAt(positions[at] ?? 0), isOver)}
            run={runs.get(index)}
            reason={reasons.get(index)}
            nowMs={nowMs}
          />
        ))}
      </ol>
      {limit < LISTED_MAX && order.length > limit && (
        <button type="button" class="more" onClick={() => setLimit(LISTED_MAX)}>
          More inputs
        </button>
      )}
      {limit >= LISTED_MAX && order.length > limit && (
        <p class="quiet list-end">
          The first {LISTED_MAX} of {order.length.toLocaleString()} inputs.{' '}
          <Link to={`/?map=${mapId}`}>All runs of the map</Link>
        </p>
      )}
    </section>
  );
}

function InputRow(props: {
  readonly mapId: string;
  readonly index: number;
  readonly state: string;
  readonly run: ListedRun | undefined;
  readonly reason: string | undefined;
  readonly nowMs: number;
}) {
  const { mapId, index, state, run, reason, nowMs } = props;
  const name = `Input ${index}`;
  const note = reason ?? run?.failureLine;
  return (
    <li class="run-row input-row">
      {run === undefined ? <span class="status">{state.toUpperCase()}</span> : <Status status={run.status} />}
      <div class="what">
        {run === undefined ? (
          <span class="name">{name}</span>
        ) : (
          <Link to={`/runs/${mapId}-${index}`} class="name">
            {name}
          </Link>
        )}
        {note !== undefined && <div class="note">{note}</div>}
      </div>
      {run !== undefined && <Times run={run} nowMs={nowMs} />}
    </li>
  );
}

function Times({ run, nowMs }: { readonly run: ListedRun; readonly nowMs: number }) {
  const queuedAtMs = Date.parse(run.queuedAt);
  return (
    <>
      <time dateTime={run.queuedAt} title={formatDateTime(queuedAtMs)}>
        {formatAge(nowMs - queuedAtMs)}
      </time>
      <span class="took">{formatDuration(run.durationMs ?? nowMs - queuedAtMs)}</span>
    </>
  );
}
