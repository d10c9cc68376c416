import { INPUT_STATES, type InputState, type MapCounts } from '../../api.js';
import { formatDuration } from '../model/format.js';
import { nameOfState } from '../model/map-inputs.js';

/** How far a map is, as one bar: what succeeded, failed, is running and waits. */
export function MapProgress({ counts, isOver }: { readonly counts: MapCounts; readonly isOver: boolean }) {
  const { total, succeeded, failed, perMinute, secondsLeft } = counts;
  const done = succeeded + failed;
  const shares = INPUT_STATES.toReversed().map((state) => ({ state, share: (counts[state] / total) * 100 }));
  return (
    <section class="map-progress panel" aria-label="Progress">
      <div
        class="meter"
        role="progressbar"
        aria-label="Inputs whose runs have ended"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        {shares.map(({ state, share }) => (
          <span key={state} class={`input-${state}`} style={{ width: `${share.toFixed(3)}%` }} />
        ))}
      </div>
      <p class="quiet">
        {done.toLocaleString()} of {total.toLocaleString()} inputs have ended ({percentOf(done, total)})
        {perMinute > 0 && !isOver ? ` · ${rateOf(perMinute)} a minute` : ''}
        {secondsLeft !== undefined && !isOver ? ` · about ${formatDuration(secondsLeft * 1_000)} left` : ''}
      </p>
    </section>
  );
}

function percentOf(done: number, total: number): string {
  // Rounds down, so that 100 % is shown only after all runs have ended.
  return `${Math.floor((done / total) * 100)} %`;
}

function rateOf(perMinute: number): string {
  return perMinute < 10 ? perMinute.toFixed(1) : Math.round(perMinute).toLocaleString();
}

/** Buttons that show the inputs of one state, each with their number. */
export function StateFilter(props: {
  readonly counts: MapCounts;
  readonly shown: InputState | undefined;
  readonly show: (state: InputState | undefined) => void;
  readonly isOver: boolean;
}) {
  const { counts, shown, show, isOver } = props;
  return (
    <div class="statuses" role="group" aria-label="State of inputs">
      <button type="button" aria-pressed={shown === undefined} onClick={() => show(undefined)}>
        All
        <small>{counts.total.toLocaleString()}</small>
      </button>
      {INPUT_STATES.map((state) => (
        <button
          key={state}
          type="button"
          aria-pressed={shown === state}
          onClick={() => show(shown === state ? undefined : state)}
        >
          <i class={`dot input-${state}`} aria-hidden="true" />
          {nameOfState(state, isOver)}
          <small>{counts[state].toLocaleString()}</small>
        </button>
      ))}
    </div>
  );
}
