import { useMemo, useState } from 'preact/hooks';

import type { HistoryEvent, RunView } from '../../api.js';
import { getJson } from '../fetch-api.js';
import { useLoaded } from '../hooks.js';
import { formatTime } from '../model/format.js';
import { Visits } from '../model/visits.js';
import { CodeBlock } from './code-block.js';

/** The history of the execution. The data of an event is loaded when it is opened. */
export function HistoryTab({ runId, view }: { readonly runId: string; readonly view: RunView }) {
  const startMs = view.history[0]?.timestampMs ?? 0;
  const visits = useMemo(() => new Visits(view.history), [view.history]);
  if (view.historyProblem !== undefined) return <p class="quiet">{view.historyProblem}</p>;
  return (
    <ol class="history">
      {view.history.map((event) => (
        <Event
          key={event.id}
          runId={runId}
          event={event}
          state={visits.stateOf(event.id)}
          startMs={startMs}
        />
      ))}
    </ol>
  );
}

function Event(props: {
  readonly runId: string;
  readonly event: HistoryEvent;
  /** The state that the event belongs to. */
  readonly state: string | undefined;
  readonly startMs: number;
}) {
  const { runId, event, state, startMs } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary class={event.failure === undefined ? '' : 'failed'}>
          <span class="number">{event.id}</span>
          <time title={formatTime(event.timestampMs)}>
            +{((event.timestampMs - startMs) / 1_000).toFixed(3)} s
          </time>
          <span class="event-type">{event.type}</span>
          <span class="quiet">{state ?? ''}</span>
        </summary>
        {isOpen && <EventData runId={runId} id={event.id} />}
      </details>
    </li>
  );
}

function EventData({ runId, id }: { readonly runId: string; readonly id: number }) {
  const { value, error } = useLoaded(`${runId} ${id}`, (signal) =>
    getJson<{ readonly data: string }>(`/api/runs/${runId}/event?id=${id}`, signal),
  );
  return value === undefined ? (
    <p class="quiet">{error ?? 'Loading …'}</p>
  ) : (
    <CodeBlock text={value.data} what={`the data of event ${id}`} />
  );
}
