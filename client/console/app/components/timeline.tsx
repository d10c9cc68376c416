import { formatDuration } from '../model/format.js';
import type { Span } from '../model/timeline.js';

/** The spans of a run as bars on one scale of time. */
export function Timeline({ spans, nowMs }: { readonly spans: readonly Span[]; readonly nowMs: number }) {
  const startMs = spans[0]?.startMs ?? nowMs;
  const endMs = Math.max(startMs + 1, ...spans.map((span) => span.endMs ?? nowMs));
  const percent = (atMs: number) => `${(((atMs - startMs) / (endMs - startMs)) * 100).toFixed(2)}%`;
  return (
    <section class="timeline panel" aria-label="Timeline">
      <header>
        <h2>Timeline</h2>
        <span class="quiet">{formatDuration(endMs - startMs)}</span>
      </header>
      <ol>
        {spans.map((span) => {
          const end = span.endMs ?? nowMs;
          return (
            <li key={`${span.name}${span.startMs}`} class={span.state}>
              <span class="span-name">{span.name}</span>
              <span class="track" aria-hidden="true">
                <span
                  class={span.isPhase ? 'bar phase' : 'bar'}
                  style={{
                    left: percent(span.startMs),
                    width: percent(startMs + Math.max(0, end - span.startMs)),
                  }}
                />
              </span>
              <span class="span-time">{formatDuration(Math.max(0, end - span.startMs))}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
