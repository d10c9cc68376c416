import { isDeepStrictEqual } from 'node:util';

import type { MapResult } from '../../client/index.js';
import {
  type MapRecord,
  type MapStateChange,
  type RunRecord,
  runIdOfInput,
} from '../../lib/contract/index.js';
import type { AskedRun, Breach } from './invariants.js';
import { failsAsPlanned, type MapPlan } from './map-plans.js';

/** A map that was requested. */
export interface AskedMap {
  /** Name of the map. */
  readonly name: string;
  readonly plan: MapPlan;
  /** Ids of the map and of the map of its inputs that did not succeed, as far as they were acknowledged. */
  readonly mapIds: readonly string[];
}

/** A map that the seedkit has. */
export interface FoundMap {
  readonly record: MapRecord;
  readonly indexes: readonly number[];
  /** The results that the client reads. */
  readonly results: readonly MapResult[];
  readonly events: readonly MapStateChange[];
}

const wrong = (mapId: string, message: string): Breach => ({ kind: 'wrong map', runId: mapId, message });

/** Returns the runs of a map that have records, with plans of their own, so that they are checked as all runs are. */
export function runsOfMap(
  { record, indexes }: FoundMap,
  { plan }: AskedMap,
  records: ReadonlyMap<string, RunRecord>,
): AskedRun[] {
  const started = indexes.filter((index) => records.has(runIdOfInput(record.mapId, index)));
  return started.map((index) => {
    const calls = plan.calls === 'add' ? 'adds' : 'passes';
    const does = failsAsPlanned(plan, index) ? 'fails' : calls;
    const { canceledAfterMs, lock } = plan;
    const runId = runIdOfInput(record.mapId, index);
    return { runId, plan: { does, asked: 'once', canceledAfterMs, lock }, acknowledged: true };
  });
}

/**
 * Checks maps: each has ended once and is announced, its counts are those of its runs, and each input has one result.
 */
export function mapBreaches(
  asked: readonly AskedMap[],
  found: readonly FoundMap[],
  records: ReadonlyMap<string, RunRecord>,
): Breach[] {
  const known = new Set(found.map(({ record }) => record.mapId));
  const lost = asked.flatMap(({ name, mapIds }) =>
    mapIds
      .filter((mapId) => !known.has(mapId))
      .map((mapId) => wrong(mapId, `the map ${name} was acknowledged and has no record`)),
  );
  const ofMaps = found.flatMap((map) => {
    const plan = asked.find(({ name }) => name === map.record.name);
    if (plan === undefined) return [wrong(map.record.mapId, `nobody asked for the map ${map.record.mapId}`)];
    return [
      ...unannounced(map),
      ...miscounted(map, records),
      ...wrongEnd(map, plan),
      ...wrongResults(map, records),
      ...wrongAgain(map, found, records),
    ];
  });
  return [...lost, ...ofMaps];
}

function unannounced({ record, events }: FoundMap): Breach[] {
  const { mapId, status } = record;
  if (status === 'RUNNING') return [wrong(mapId, `the map ${mapId} has not ended`)];
  const ends = events.filter((event) => event.status !== 'RUNNING');
  if (ends.length === 0) return [wrong(mapId, `no event announced that the map ${mapId} is ${status}`)];
  return ends.flatMap((event) => {
    const isSame = Object.entries(event).every(
      ([name, value]) => name === 'version' || isDeepStrictEqual(value, record[name as keyof MapRecord]),
    );
    if (isSame) return [];
    const message = `an event announced ${JSON.stringify(event)}, recorded ${JSON.stringify(record)}`;
    return [wrong(mapId, message)];
  });
}

function miscounted({ record, indexes }: FoundMap, records: ReadonlyMap<string, RunRecord>): Breach[] {
  const { mapId, total, succeeded = 0, failed = 0 } = record;
  const runs = indexes.flatMap((index) => records.get(runIdOfInput(mapId, index)) ?? []);
  const passed = runs.filter(({ status }) => status === 'SUCCEEDED').length;
  const foreign = [...records.values()].filter(
    (run) => run.mapId === mapId && !indexes.includes(run.mapIndex ?? -1),
  );
  // An input whose run could not be started counts as failed and has no record.
  const isCounted = passed === succeeded && failed >= runs.length - passed && succeeded + failed <= total;
  const messages = [
    ...(isCounted
      ? []
      : [
          `has ${succeeded} successes and ${failed} failures, but ${passed} of its ${runs.length} runs succeeded`,
        ]),
    ...(total === indexes.length ? [] : [`has ${indexes.length} inputs, recorded ${total}`]),
    ...foreign.map(({ runId }) => `has the run ${runId}, which is of none of its inputs`),
  ];
  return messages.map((message) => wrong(mapId, `the map ${mapId} ${message}`));
}

/** Checks that the status of a map follows from its counts and from its plan. */
function wrongEnd({ record, indexes }: FoundMap, { plan }: AskedMap): Breach[] {
  const { mapId, status, total, succeeded = 0, failed = 0, stoppedBy, againOf } = record;
  const isCanceled = plan.canceledAfterMs !== null && againOf === undefined;
  const expected = succeeded === total ? 'SUCCEEDED' : 'FAILED';
  const isPossible = status === expected || (status === 'CANCELED' && isCanceled && succeeded < total);
  const runsAll = status !== 'CANCELED' && plan.onError === 'continue';
  const isComplete = !runsAll || succeeded + failed === total;
  const isStopped = stoppedBy === undefined || (plan.onError === 'stop' && indexes.includes(stoppedBy));
  if (isPossible && isComplete && isStopped) return [];
  return [wrong(mapId, `the map ${mapId} of ${JSON.stringify(plan)} ended as ${JSON.stringify(record)}`)];
}

/** Checks that each input has one result, in the order of the inputs, which agrees with the record of its run. */
function wrongResults(
  { record, indexes, results }: FoundMap,
  records: ReadonlyMap<string, RunRecord>,
): Breach[] {
  const { mapId, onError } = record;
  const statusOf = (index: number) => records.get(runIdOfInput(mapId, index))?.status ?? 'NOT_STARTED';
  const failed = indexes.findIndex((index) => !['SUCCEEDED', 'NOT_STARTED'].includes(statusOf(index)));
  const expected = onError === 'stop' && failed >= 0 ? indexes.slice(0, failed) : indexes;
  const listed = results.map(({ index }) => index);
  if (!isDeepStrictEqual(listed, [...expected])) {
    const message = `the map ${mapId} has results of the inputs ${listed.join(', ')}, not ${expected.join(', ')}`;
    return [wrong(mapId, message)];
  }
  return results.flatMap(({ status, runId, index }) =>
    status === statusOf(index)
      ? []
      : [wrong(mapId, `the result of ${runId} is ${status}, and its run is ${statusOf(index)}`)],
  );
}

/** Checks that a map which runs inputs again has those whose runs did not succeed. */
function wrongAgain(
  { record, indexes }: FoundMap,
  found: readonly FoundMap[],
  records: ReadonlyMap<string, RunRecord>,
): Breach[] {
  const { mapId, againOf } = record;
  if (againOf === undefined) return [];
  const before = found.find((map) => map.record.mapId === againOf)?.indexes ?? [];
  const left = before.filter((index) => records.get(runIdOfInput(againOf, index))?.status !== 'SUCCEEDED');
  if (isDeepStrictEqual(left, [...indexes])) return [];
  const message = `the map ${mapId} runs ${indexes.join(', ')} again, but ${left.join(', ')} did not succeed`;
  return [wrong(mapId, message)];
}
