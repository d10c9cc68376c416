import type { RunRecord } from '../../../lib/contract/index.js';
import type { Run } from '../../run-types.js';
import type { Seedkit } from '../../seedkit-types.js';
import { type Finding, findNamed, findNamedId, type Named, SEARCHED_MAX, type Tell } from './find-named.js';
import { namedMaps } from './find-map.js';
import { inputNamedBy, isStartOf } from './short-ids.js';

/**
 * Returns a handle on the run that a text names: by its id, by the start of its id, or as `latest`.
 * @throws UsageError if the text is the start of several ids
 * @throws CodeseederError `RunNotFound`
 */
export async function findRun(text: string, kit: Seedkit, tell: Tell): Promise<Run> {
  return findNamed(text, runsOf(kit), tell);
}

/** Returns the id of the run that a text names, as {@link findRun}. A whole id is not looked up. */
export async function findRunId(text: string, kit: Seedkit, tell: Tell): Promise<string> {
  return findNamedId(text, runsOf(kit), tell);
}

function runsOf(kit: Seedkit): Finding<Run> {
  return {
    noun: 'run',
    missing: 'RunNotFound',
    attach: async (id) => kit.attach(id),
    newest: async () => (await kit.runs.list({ limit: 1 })).map(namedRun)[0],
    startingWith: async (text) => {
      const [records, ofMaps] = await Promise.all([
        kit.runs.list({ limit: SEARCHED_MAX }),
        runsOfMaps(text, kit),
      ]);
      const found = records.filter(({ runId }) => isStartOf(text, runId)).map(namedRun);
      const ids = new Set(found.map(({ id }) => id));
      return [...found, ...ofMaps.filter(({ id }) => !ids.has(id))];
    },
  };
}

/**
 * Returns the runs that a text names by the start of a map's id and an index. A large map has more runs than the list
 * reads.
 */
async function runsOfMaps(text: string, kit: Seedkit): Promise<readonly Named[]> {
  const named = inputNamedBy(text);
  if (named === undefined) return [];
  const maps = await namedMaps(named.map, kit);
  return maps.map(({ id }) => ({ id: `${id}-${named.index}` }));
}

function namedRun({ runId, status, queuedAt, name, target = '' }: RunRecord): Named {
  return { id: runId, known: { status, queuedAt, target: name ?? target } };
}
