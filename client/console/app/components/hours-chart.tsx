import type { HourOfRuns } from '../../api.js';
import { STATUSES } from '../model/filters.js';
import { formatStatus } from '../model/format.js';
import { captionOfHours, type KnownHours } from '../model/hour-counts.js';

const HEIGHT = 44;
const WIDTH = 24;
const HOURS = 24;

/** Bars of the runs of 24 hours. */
export function HoursChart(known: KnownHours) {
  const { counted } = known;
  const hours = counted?.hours ?? [];
  const most = Math.max(1, ...hours.map(totalOf));
  const total = hours.reduce((sum, hour) => sum + totalOf(hour), 0);
  const label = `${total} runs in 24 hours, at most ${most} in one hour`;
  return (
    <figure class="hours">
      <svg
        viewBox={`0 0 ${HOURS * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={counted === undefined ? captionOfHours(known) : label}
      >
        {counted === undefined && <Unknown />}
        {hours.map((hour, index) => (
          <Bar key={hour.atMs} hour={hour} x={index * WIDTH} most={most} />
        ))}
      </svg>
      <figcaption>
        <span>{hourName(hours[0])}</span>
        <span>{captionOfHours(known)}</span>
        <span>{hourName(hours.at(-1))}</span>
      </figcaption>
    </figure>
  );
}

/** A dashed line in place of bars that are not known. */
function Unknown() {
  const y = HEIGHT / 2;
  return <line class="unknown" x1={2} x2={HOURS * WIDTH - 2} y1={y} y2={y} />;
}

function Bar(props: { readonly hour: HourOfRuns; readonly x: number; readonly most: number }) {
  const { hour, x, most } = props;
  let y = HEIGHT;
  const parts = STATUSES.map((status) => {
    const count = hour.counts[status] ?? 0;
    const height = (count / most) * (HEIGHT - 3);
    y -= height;
    return { status, height, y };
  });
  const counts = STATUSES.filter((status) => hour.counts[status] !== undefined);
  const title = counts.map((status) => `${hour.counts[status]} ${formatStatus(status)}`).join(', ');
  return (
    <g>
      <title>{`${hourName(hour)}: ${title === '' ? 'no runs' : title}`}</title>
      <rect class="ground" x={x + 2} y={HEIGHT - 1} width={WIDTH - 4} height={1} />
      {parts.map((part) =>
        part.height === 0 ? null : (
          <rect
            key={part.status}
            class={part.status}
            x={x + 2}
            y={part.y}
            width={WIDTH - 4}
            height={part.height}
          />
        ),
      )}
    </g>
  );
}

/** Returns the number of runs of an hour. */
function totalOf({ counts }: HourOfRuns): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function hourName(hour: HourOfRuns | undefined): string {
  if (hour === undefined) return '';
  return new Date(hour.atMs).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
}
