import {
  boundedText,
  type CollectedMap,
  definedOnly,
  type DriveMapInput,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  MAP_ERRORS,
  parseMapRequest,
  runIdOfInput,
  toMapStateChange,
  transitionToMapEnd,
} from '../../lib/contract/index.js';
import { progressItemsOf, readCancelNote, readMapRecord, readProgress } from '../../lib/run-store/maps.js';
import { marshalledTransition } from '../../lib/run-store/record.js';
import { descriptionOf, type DriveMapDependencies } from './dependencies.js';
import { firstRecord } from './first-record.js';

type CollectMapInput = Extract<DriveMapInput, { step: 'CollectMap' }>;
type Ended = Pick<CollectedMap, 'status' | 'error' | 'cause'>;

/** Counts the runs of a map and determines how it ended. @throws CodeseederError */
export async function collectMap(
  { request: unchecked, caught, executionArn, executionStartedAt }: CollectMapInput,
  dependencies: DriveMapDependencies,
): Promise<CollectedMap> {
  const request = parseMapRequest(unchecked);
  const { mapId } = request;
  const description = await descriptionOf(request, dependencies);
  const counts = { total: description.total, succeeded: 0, failed: 0 };
  for await (const { progress } of readProgress(mapId, progressItemsOf(description), dependencies)) {
    counts.succeeded += progress.succeeded.size;
    counts.failed += progress.failed.size;
  }
  const record = await readMapRecord(mapId, dependencies);
  const canceled = await readCancelNote(mapId, dependencies);
  const { status, error, cause } = endOf(mapId, counts, { stoppedBy: record?.stoppedBy, canceled, caught });
  const { succeeded, failed } = counts;
  const end = { status, succeeded, failed, finishedAt: new Date().toISOString() };
  const first = firstRecord(
    description,
    { executionArn, executionStartedAt },
    dependencies.recordExpirationDays,
  );
  return {
    status,
    error,
    cause: boundedText(cause, FAILURE_MESSAGE_MAX_CHARACTERS),
    transition: marshalledTransition(transitionToMapEnd(end)),
    event: toMapStateChange(definedOnly({ ...first, stoppedBy: record?.stoppedBy, ...end })),
    output: { mapId, ...counts },
  };
}

interface Reasons extends Pick<CollectMapInput, 'caught'> {
  readonly stoppedBy: number | undefined;
  readonly canceled: string | undefined;
}

function endOf(
  mapId: string,
  { total, succeeded, failed }: CollectedMap['output'] | { total: number; succeeded: number; failed: number },
  { stoppedBy, canceled, caught }: Reasons,
): Ended {
  if (succeeded === total) return { status: 'SUCCEEDED', error: '', cause: '' };
  const counted = `${succeeded} of ${total} inputs succeeded, ${failed} did not, ${total - succeeded - failed} have no end.`;
  if (canceled !== undefined) {
    return { status: 'CANCELED', error: MAP_ERRORS.MapCanceled, cause: `${canceled} ${counted}` };
  }
  if (stoppedBy !== undefined) {
    const cause = `The input ${stoppedBy} failed in the run ${runIdOfInput(mapId, stoppedBy)}, so no further run was started. ${counted}`;
    return { status: 'FAILED', error: MAP_ERRORS.MapStopped, cause };
  }
  if (caught !== null) return { status: 'FAILED', error: caught.error, cause: `${caught.cause} ${counted}` };
  return { status: 'FAILED', error: MAP_ERRORS.InputsFailed, cause: counted };
}
