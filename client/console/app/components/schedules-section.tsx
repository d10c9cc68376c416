import type { SchedulesView, TargetSchedule } from '../../api.js';
import { postJson } from '../fetch-api.js';
import { detailsOfSchedule, runsOfSchedule, timesOf } from '../model/schedules.js';
import { Link } from '../router.js';
import { useCommandPlace } from '../seedkit-context.js';
import { useFollowed } from '../use-followed.js';
import { AskedAction } from './asked-action.js';
import { ResourceSection } from './resource-section.js';

/** Time between two reads. A read needs a request for each schedule. */
const POLL_MS = 60_000;

/** The schedules that start published targets. They can be paused and resumed. */
export function SchedulesSection() {
  const { program } = useCommandPlace();
  const { value, error, refresh } = useFollowed<SchedulesView>('/api/schedules', POLL_MS);
  const schedules = value?.schedules ?? [];
  return (
    <ResourceSection
      id="schedules"
      title="Schedules"
      error={error}
      isLoaded={value !== undefined}
      empty={
        schedules.length > 0 ? undefined : (
          <>
            No schedules. Add one: <code>{`${program} schedules add NAME TARGET 'rate(1 day)'`}</code>
          </>
        )
      }
    >
      <ul class="cards">
        {schedules.map((schedule) => (
          <Schedule key={schedule.name} schedule={schedule} refresh={refresh} />
        ))}
      </ul>
    </ResourceSection>
  );
}

function Schedule({
  schedule,
  refresh,
}: {
  readonly schedule: TargetSchedule;
  readonly refresh: () => void;
}) {
  const { name, state, target } = schedule;
  const runs = runsOfSchedule(schedule);
  const isPaused = state === 'paused';
  const change = async () => {
    await postJson(`/api/schedules/${isPaused ? 'resume' : 'pause'}`, { name });
    refresh();
  };
  return (
    <li class="panel card">
      <div class="card-head">
        <span class={`status ${isPaused ? 'PAUSED' : 'ACTIVE'}`}>{state.toUpperCase()}</span>
        <h3>{runs === undefined ? name : <Link to={runs}>{name}</Link>}</h3>
        <AskedAction
          name={isPaused ? 'Resume' : 'Pause'}
          label={`${isPaused ? 'Resume' : 'Pause'} ${name}`}
          isSmall
          act={change}
        >
          <p>
            {isPaused
              ? `Let the schedule ${name} start runs again? Times that passed meanwhile are not made up for.`
              : `Let the schedule ${name} start no runs until it is resumed? Runs that have started go on.`}
          </p>
        </AskedAction>
      </div>
      <p>
        <code>{timesOf(schedule)}</code> <span class="quiet">starts</span>{' '}
        {target === undefined ? (
          <span class="quiet">something else than a target</span>
        ) : (
          <code>{target}</code>
        )}
      </p>
      <dl class="facts">
        {detailsOfSchedule(schedule).map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
