import {
  CodeseederError,
  executionArnOf,
  type ExecutionState,
  type FailureCode,
  isTerminal,
  type MapDescription,
  type MapEnd,
  type MapRecord,
  mapRecordKey,
  parseJson,
  parseMapRequest,
  isRunOfMap,
  runIdOfInput,
  transitionToMapAnnounced,
  transitionToMapEnd,
} from '../../lib/contract/index.js';
import { announceMap } from '../../lib/run-store/events.js';
import { describeExecution, stopExecution } from '../../lib/run-store/execution.js';
import {
  type CountedAs,
  countInput,
  progressItemsOf,
  readMapDescription,
  readMapRecord,
  readProgress,
} from '../../lib/run-store/maps.js';
import { readRecord, updateRecord } from '../../lib/run-store/record.js';
import type { EndRunDependencies } from './end-run.js';

export interface EndMapDependencies extends EndRunDependencies {
  /** ARN of the state machine of runs. */
  readonly stateMachineArn: string;
  /** Returns whether the time of the call is over. Another call then continues. */
  readonly isEnding: () => boolean;
}

/** Number of runs that are stopped at the same time. */
const AT_ONCE = 8;

/**
 * Ends a map whose execution ended without ending the map's record, as after StopExecution: stops the runs that are
 * still in progress, counts them, ends the record and announces the end. Announces a map that has ended and was not
 * announced.
 * @returns whether it announced the map
 */
export async function endMap(mapId: string, dependencies: EndMapDependencies): Promise<boolean> {
  const record = await readMapRecord(mapId, dependencies);
  if (record === undefined || record.announcedAt !== undefined) return false;
  const ended = record.status === 'RUNNING' ? await endedRecord(record, dependencies) : record;
  if (ended === undefined) return false;
  await announceMap(ended, dependencies);
  const announced = transitionToMapAnnounced(dependencies.now().toISOString());
  await updateRecord(mapRecordKey(mapId), announced, dependencies);
  return true;
}

/**
 * Ends the record of a map.
 * @returns undefined while the map is running, or some of its runs could not be stopped yet
 */
async function endedRecord(
  { mapId, executionArn, total }: MapRecord,
  dependencies: EndMapDependencies,
): Promise<MapRecord | undefined> {
  await dependencies.paces.executions.turn();
  const execution = await describeExecution(dependencies.sfn, executionArn);
  const { status } = execution;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return undefined;
  const description = await descriptionOf(execution, dependencies);
  const ranges: MapDescription['ranges'] = description?.ranges ?? [[0, total - 1]];
  const counts = await endRuns({ mapId, ranges }, dependencies);
  if (counts === undefined) return undefined;
  const isComplete = counts.succeeded === total;
  const end: MapEnd = {
    ...counts,
    status: isComplete ? 'SUCCEEDED' : status === 'ABORTED' ? 'CANCELED' : 'FAILED',
    finishedAt: (execution.stoppedAt ?? dependencies.now()).toISOString(),
  };
  await updateRecord(mapRecordKey(mapId), transitionToMapEnd(end), dependencies);
  // The record is read again, because another call may have ended the map since the first read.
  return readMapRecord(mapId, dependencies);
}

/**
 * Reads the description of a map.
 * @returns undefined if it has expired, was replaced or is not valid: the map is ended anyway
 */
async function descriptionOf(
  { input }: ExecutionState,
  dependencies: EndMapDependencies,
): Promise<MapDescription | undefined> {
  try {
    const request = parseMapRequest(parseJson(input ?? '', 'request of the map'));
    return await readMapDescription(request, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError)) throw error;
    return undefined;
  }
}

/**
 * Stops and counts the runs of a map that are not counted.
 * @returns undefined if the time is over before all runs are stopped
 */
async function endRuns(
  map: Pick<MapDescription, 'mapId' | 'ranges'>,
  dependencies: EndMapDependencies,
): Promise<Pick<MapEnd, 'succeeded' | 'failed'> | undefined> {
  const counts = { succeeded: 0, failed: 0 };
  for await (const { progress } of readProgress(map.mapId, progressItemsOf(map), dependencies)) {
    const { started, succeeded, failed } = progress;
    counts.succeeded += succeeded.size;
    counts.failed += failed.size;
    const open = [...started].filter((index) => !succeeded.has(index) && !failed.has(index));
    for (let at = 0; at < open.length; at += AT_ONCE) {
      if (dependencies.isEnding()) return undefined;
      const batch = open.slice(at, at + AT_ONCE);
      const ends = await Promise.all(batch.map((index) => endInput(map.mapId, index, dependencies)));
      counts.succeeded += ends.filter((end) => end === 'succeeded').length;
      counts.failed += ends.filter((end) => end === 'failed').length;
    }
  }
  return counts;
}

/**
 * Stops the run of an input, and counts how it ended.
 * @returns undefined when the run was never started
 */
async function endInput(
  mapId: string,
  index: number,
  dependencies: EndMapDependencies,
): Promise<CountedAs | undefined> {
  const end = await endOfRun(runIdOfInput(mapId, index), mapId, dependencies);
  await countInput(mapId, index, end, dependencies);
  return end;
}

async function endOfRun(
  runId: string,
  mapId: string,
  dependencies: EndMapDependencies,
): Promise<CountedAs | undefined> {
  const { sfn, stateMachineArn, paces } = dependencies;
  const record = await readRecord(runId, dependencies);
  // A run that another principal started with this id does not belong to the map, so it is not stopped.
  if (record !== undefined && !isRunOfMap(record, mapId)) return 'failed';
  if (record !== undefined && isTerminal(record.status)) {
    return record.status === 'SUCCEEDED' ? 'succeeded' : 'failed';
  }
  await paces.executions.turn();
  const cause = `The execution of the map ${mapId} ended before this run.`;
  const executionArn = executionArnOf(stateMachineArn, runId);
  if (!(await stopExecution(sfn, executionArn, { error: CANCELED, cause }))) return undefined;
  // A run that had just succeeded is not changed by the stop.
  await paces.executions.turn();
  const { status } = await describeExecution(sfn, executionArn);
  return status === 'SUCCEEDED' ? 'succeeded' : 'failed';
}

const CANCELED: FailureCode = 'RunCanceled';
