import type { Build } from '@aws-sdk/client-codebuild';

import { publishedLayersPrefix, type RunRecord, type RunRefused } from '../../lib/contract/index.js';
import type { AskedRun, Breach } from './invariants.js';
import type { AcknowledgedVersion, StoredVersion } from './publisher.js';
import {
  type Edition,
  EDITION_LABEL,
  EDITION_VARIABLE,
  lockOfEdition,
  missingTarget,
  targetName,
} from './target-plans.js';

/** Checks that every publication that was acknowledged is a version, and that no number is missing or used twice. */
export function versionBreaches(
  acknowledged: readonly AcknowledgedVersion[],
  stored: readonly StoredVersion[],
): Breach[] {
  const lost = acknowledged.filter(
    ({ name, version, publication }) =>
      !stored.some((one) => one.name === name && one.version === version && one.publication === publication),
  );
  const misnumbered = [...new Set(stored.map(({ name }) => name))].filter((name) =>
    stored.filter((one) => one.name === name).some(({ version }, index) => version !== index + 1),
  );
  return [
    ...lost.map(({ name, version }) => wrong('', `${name}@${version} was published and is no version`)),
    ...misnumbered.map((name) => wrong('', `the versions of ${name} are not numbered one after the other`)),
  ];
}

function wrong(runId: string, message: string): Breach {
  return { kind: 'wrong version', runId, message };
}

/** Returns the edition of the version that a run executes; undefined for a run that brings its code. */
export function editionOf({ plan }: AskedRun, { labels }: RunRecord): Edition | undefined {
  if (!plan.target) return undefined;
  return labels?.[EDITION_LABEL] === '1' ? 1 : 2;
}

/**
 * Checks that the run of a target has the version that its request named, with its labels, lock, variables and layers.
 */
export function targetBreaches(
  { runId, plan, newestBefore = 0 }: AskedRun,
  { published, labels, lock, trigger }: RunRecord,
  builds: readonly Build[],
  stored: readonly StoredVersion[],
): Breach[] {
  const { target, does, asked } = plan;
  if (!target) {
    return published === undefined
      ? []
      : [wrong(runId, `${runId} started no target and has ${published.name}`)];
  }
  const { name = 'none', version = 0 } = published ?? {};
  const found = stored.find((one) => one.name === name && one.version === version);
  if (name !== targetName(does) || found === undefined) {
    return [wrong(runId, `${runId} started ${targetName(does)} and has the version ${name}@${version}`)];
  }
  const edition = found.definition.labels?.[EDITION_LABEL] === '1' ? 1 : 2;
  const expected = {
    edition: String(edition),
    lock: lockOfEdition(edition),
    trigger: { 'by an event': 'EVENT', 'by the inbox': 'INBOX', once: 'TARGET', 'twice at once': 'TARGET' }[
      asked
    ],
  };
  const actual = { edition: labels?.[EDITION_LABEL], lock, trigger };
  const isChosen = {
    newest: version >= newestBefore,
    first: version === 1,
    alias: edition === 1,
    missing: false,
  }[target.chosen];
  return [
    ...(isChosen
      ? []
      : [wrong(runId, `${runId} started the ${target.chosen} version and has ${name}@${version}`)]),
    ...(JSON.stringify(actual) === JSON.stringify(expected)
      ? []
      : [wrong(runId, `${runId} has ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)]),
    ...builds.flatMap((build) => foreignBuild(runId, build, found)),
  ];
}

/** Checks that a build has the variables and the layers of a version. */
function foreignBuild(
  runId: string,
  { id, environment, source, secondarySources = [] }: Build,
  { name, publication, definition }: StoredVersion,
): Breach[] {
  const variables = environment?.environmentVariables ?? [];
  const edition = variables.find((variable) => variable.name === EDITION_VARIABLE)?.value;
  const locations = [source, ...secondarySources].map((one) => one?.location ?? '');
  const own = locations.filter((location) => location.includes(publishedLayersPrefix(name, publication)));
  const isOwn =
    own.length === definition.bundle.layers.length && edition === definition.labels?.[EDITION_LABEL];
  if (isOwn) return [];
  return [
    wrong(
      runId,
      `the build ${id} of ${runId} has the edition ${edition} and the sources ${locations.join(', ')}`,
    ),
  ];
}

/**
 * Checks that the start of a target that does not exist was refused: no run, and a `Run Refused` where no caller waits.
 */
export function refusalBreaches(
  { runId, plan, acknowledged }: AskedRun,
  { exists, refusals }: { readonly exists: boolean; readonly refusals: readonly RunRefused[] },
): Breach[] {
  const refused = (message: string): Breach[] => [{ kind: 'not refused', runId, message }];
  if (exists) return refused(`${runId} names a target that does not exist, and was started`);
  if (plan.asked === 'once' || plan.asked === 'twice at once') {
    return acknowledged
      ? refused(`the start of ${runId}, whose target does not exist, was acknowledged`)
      : [];
  }
  const isAnnounced = refusals.some(
    ({ code, message }) => code === 'PublishedTargetNotFound' && message.includes(`${missingTarget(runId)}.`),
  );
  if (isAnnounced || !acknowledged) return [];
  return refused(
    `${runId}, whose target does not exist, was requested ${plan.asked}, and no event refused it`,
  );
}
