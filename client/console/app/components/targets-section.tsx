import type { TargetState } from '../../../../lib/contract/index.js';
import type { TargetsView } from '../../api.js';
import { formatDateTime } from '../model/format.js';
import { Link } from '../router.js';
import { useCommandPlace } from '../seedkit-context.js';
import { useFollowed } from '../use-followed.js';
import { ResourceSection } from './resource-section.js';

/** Time between two reads. A read needs a request for each target. */
const POLL_MS = 60_000;

/** Versions that are shown at first, the newest. */
const VERSIONS = 5;

/** The published targets with their versions and aliases. */
export function TargetsSection() {
  const { program } = useCommandPlace();
  const { value, error } = useFollowed<TargetsView>('/api/targets', POLL_MS);
  const targets = value?.targets ?? [];
  return (
    <ResourceSection
      id="targets"
      title="Targets"
      error={error}
      isLoaded={value !== undefined}
      empty={
        targets.length > 0 ? undefined : (
          <>
            No targets. Publish one: <code>{`${program} publish NAME FILE#FUNCTION`}</code>
          </>
        )
      }
    >
      <ul class="cards">
        {targets.map((target) => (
          <Target key={target.name} target={target} />
        ))}
      </ul>
    </ResourceSection>
  );
}

function Target({ target }: { readonly target: TargetState }) {
  const { name, versions } = target;
  const newest = versions.toReversed();
  const older = newest.slice(VERSIONS);
  return (
    <li class="panel card">
      <h3>
        <Link to={runsOf(name)}>{name}</Link>
      </h3>
      <Versions target={target} versions={newest.slice(0, VERSIONS)} />
      {older.length > 0 && (
        <details>
          <summary>{older.length} older</summary>
          <Versions target={target} versions={older} />
        </details>
      )}
    </li>
  );
}

function Versions(props: { readonly target: TargetState; readonly versions: TargetState['versions'] }) {
  const { target, versions } = props;
  return (
    <ol class="versions">
      {versions.map(({ version, runs, publishedAt }) => (
        <li key={version}>
          <Link to={runsOf(`${target.name}@${version}`)} label={`Runs of ${target.name}@${version}`}>
            {`@${version}`}
          </Link>
          <span class="labels">
            {aliasesOf(target, version).map((alias) => (
              <span key={alias} class="label">
                {alias}
              </span>
            ))}
          </span>
          <code>{runs}</code>
          <time class="quiet" dateTime={publishedAt}>
            {formatDateTime(Date.parse(publishedAt))}
          </time>
        </li>
      ))}
    </ol>
  );
}

function aliasesOf({ aliases }: TargetState, version: number): string[] {
  return Object.entries(aliases).flatMap(([alias, number]) => (number === version ? [alias] : []));
}

function runsOf(target: string): string {
  return `/?target=${encodeURIComponent(target)}`;
}
