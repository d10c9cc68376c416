import type { RunView } from '../../api.js';
import { formatDateTime } from '../model/format.js';
import { CodeBlock } from './code-block.js';

/** The events that the run's state machine sent. */
export function EventsTab({ view }: { readonly view: RunView }) {
  if (view.events.length === 0) return <p class="quiet">The state machine has sent no event of this run.</p>;
  return (
    <>
      {view.events.map(({ timestampMs, detailType, source, detail }) => (
        <details key={timestampMs} class="event">
          <summary>
            <time>{formatDateTime(timestampMs)}</time> {detailType} <strong>{statusOf(detail)}</strong>{' '}
            <span class="quiet">source {source}</span>
          </summary>
          <CodeBlock text={detail} what="the detail of the event" />
        </details>
      ))}
    </>
  );
}

function statusOf(detail: string): string {
  const { status = '' } = JSON.parse(detail) as { readonly status?: string };
  return status;
}
