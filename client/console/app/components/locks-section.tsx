import { useState } from 'preact/hooks';

import type { Lock, LockHolder, LocksView, ReleaseRequest } from '../../api.js';
import { postJson } from '../fetch-api.js';
import { useNow } from '../hooks.js';
import { formatDateTime, formatDuration } from '../model/format.js';
import { Link } from '../router.js';
import { useCommandPlace } from '../seedkit-context.js';
import { useFollowed } from '../use-followed.js';
import { AskedAction } from './asked-action.js';
import { ResourceSection } from './resource-section.js';
import { Status } from './status.js';

const POLL_MS = 5_000;

/** Runs that wait for a lock that are shown at first. */
const WAITING = 5;

/** The locks, the runs that hold them, and their queues. A lock can be released. */
export function LocksSection() {
  const { program } = useCommandPlace();
  const { value, error, refresh } = useFollowed<LocksView>('/api/locks', POLL_MS);
  const nowMs = useNow(true);
  const locks = value?.locks ?? [];
  return (
    <ResourceSection
      id="locks"
      title="Locks"
      error={error}
      isLoaded={value !== undefined}
      empty={
        locks.length > 0 ? undefined : (
          <>
            No run held a lock in the last 90 days. Give a run one:{' '}
            <code>{`${program} run --lock NAME`}</code>
          </>
        )
      }
    >
      <ul class="cards">
        {locks.map((lock) => (
          <LockCard key={lock.name} lock={lock} nowMs={nowMs} refresh={refresh} />
        ))}
      </ul>
    </ResourceSection>
  );
}

function LockCard(props: { readonly lock: Lock; readonly nowMs: number; readonly refresh: () => void }) {
  const { lock, nowMs, refresh } = props;
  const { name, holder, waiting, token } = lock;
  return (
    <li class="panel card">
      <div class="card-head">
        <span class={`status ${holder === undefined ? '' : 'HELD'}`}>
          {holder === undefined ? 'FREE' : 'HELD'}
        </span>
        <h3>
          <Link to={`/?lock=${encodeURIComponent(name)}`}>{name}</Link>
        </h3>
        {holder !== undefined && <Release name={name} holder={holder} refresh={refresh} />}
      </div>
      {holder !== undefined && (
        <p>
          <span class="quiet">held by</span> <RunLink runId={holder.runId} />{' '}
          {holder.status === undefined ? (
            <span class="quiet">no record</span>
          ) : (
            <Status status={holder.status} />
          )}{' '}
          <time
            class="quiet"
            dateTime={holder.grantedAt}
            title={formatDateTime(Date.parse(holder.grantedAt))}
          >
            for {formatDuration(Math.max(0, nowMs - Date.parse(holder.grantedAt)))}
          </time>
        </p>
      )}
      <p class="quiet">
        fencing number {token} · {waiting.length === 0 ? 'no run waits' : `${waiting.length} waiting`}
      </p>
      <Queue runIds={waiting.slice(0, WAITING)} first={1} />
      {waiting.length > WAITING && (
        <details>
          <summary>{waiting.length - WAITING} more</summary>
          <Queue runIds={waiting.slice(WAITING)} first={WAITING + 1} />
        </details>
      )}
    </li>
  );
}

function Queue({ runIds, first }: { readonly runIds: readonly string[]; readonly first: number }) {
  if (runIds.length === 0) return null;
  return (
    <ol class="queue" start={first}>
      {runIds.map((runId) => (
        <li key={runId}>
          <RunLink runId={runId} />
        </li>
      ))}
    </ol>
  );
}

function RunLink({ runId }: { readonly runId: string }) {
  return (
    <Link to={`/runs/${runId}`}>
      <code>{runId}</code>
    </Link>
  );
}

/** Releases a lock after the reader has typed its name. */
function Release(props: {
  readonly name: string;
  readonly holder: LockHolder;
  readonly refresh: () => void;
}) {
  const { name, holder, refresh } = props;
  // The run that the reader confirms is the one that held the lock when the dialog was opened.
  const [confirmed, setConfirmed] = useState(holder);
  const [confirmation, setConfirmation] = useState('');
  const [force, setForce] = useState(false);
  const open = () => {
    setConfirmed(holder);
    setConfirmation('');
    setForce(false);
  };
  const release = async () => {
    const request: ReleaseRequest = { name, holder: confirmed.runId, confirmation, force };
    await postJson('/api/locks/release', request);
    refresh();
  };
  return (
    <AskedAction
      name="Release"
      label={`Release ${name}`}
      isDanger
      isSmall
      isReady={confirmation.trim() === name}
      onOpen={open}
      act={release}
    >
      <p>
        The run <code>{confirmed.runId}</code> ({confirmed.status ?? 'no record'}) holds the lock{' '}
        <code>{name}</code>. A run that ends releases its lock by itself, so this is needed only after a
        fault.
      </p>
      <label>
        Type the lock's name to release it
        <input
          type="text"
          value={confirmation}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setConfirmation(event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input type="checkbox" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />{' '}
        Release it even if the build of its run is running. The build of the next run then runs at the same
        time
      </label>
    </AskedAction>
  );
}
