import type { AlarmsView, ShownAlarm } from '../../api.js';
import { formatDateTime } from '../model/format.js';
import { useFollowed } from '../use-followed.js';
import { ResourceSection } from './resource-section.js';

const POLL_MS = 60_000;

/** The state of the seedkit's alarms. */
export function AlarmsSection() {
  const { value, error } = useFollowed<AlarmsView>('/api/alarms', POLL_MS);
  return (
    <ResourceSection
      id="alarms"
      title="Alarms"
      error={error}
      isLoaded={value !== undefined}
      empty={emptyText(value)}
    >
      <ul class="cards">
        {(value?.alarms ?? []).map((alarm) => (
          <Alarm key={alarm.name} alarm={alarm} />
        ))}
      </ul>
    </ResourceSection>
  );
}

function emptyText(view: AlarmsView | undefined): string | undefined {
  if (view?.problem !== undefined) return `The alarms cannot be read. ${view.problem}`;
  return view?.alarms.length === 0 ? 'CloudWatch has no alarms of this seedkit.' : undefined;
}

function Alarm({ alarm }: { readonly alarm: ShownAlarm }) {
  const { name, state, description, reason, since } = alarm;
  const tone = { OK: 'SUCCEEDED', ALARM: 'FAILED' }[state] ?? '';
  return (
    <li class="panel card">
      <div class="card-head">
        <span class={`status ${tone}`}>{state.replaceAll('_', ' ')}</span>
        <h3>{name}</h3>
        {since !== undefined && (
          <time class="quiet" dateTime={since}>
            since {formatDateTime(Date.parse(since))}
          </time>
        )}
      </div>
      {description !== undefined && <p>{description}</p>}
      {reason !== undefined && state !== 'OK' && <p class="quiet">{reason}</p>}
    </li>
  );
}
