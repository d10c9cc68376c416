import {
  CodeseederError,
  dayOfMaps,
  describeTarget,
  type DriveMapInput,
  mapChildrenPrefix,
  mapInputsKey,
  type MapRecord,
  mapRecordKey,
  parseMapRequest,
  type PreparedMap,
  wellFormed,
} from '../../lib/contract/index.js';
import { marshalled } from '../../lib/run-store/record.js';
import { descriptionOf, type DriveMapDependencies } from './dependencies.js';

type PrepareMapInput = Extract<DriveMapInput, { step: 'PrepareMap' }>;

const SECONDS_PER_DAY = 86_400;
const TARGET_MAX_CHARACTERS = 500;

/** Checks the request and the description of a map, and returns its first record. @throws CodeseederError */
export async function prepareMap(
  { executionName, executionArn, executionStartedAt, request: unchecked }: PrepareMapInput,
  dependencies: DriveMapDependencies,
): Promise<PreparedMap> {
  const { seedkit, recordExpirationDays } = dependencies;
  const request = parseMapRequest(unchecked);
  const { mapId } = request;
  requireSame('mapId', mapId, executionName, 'the name of the execution');
  requireSame('seedkit', request.seedkit, seedkit, 'the seedkit of the state machine');
  const description = await descriptionOf(request, dependencies);
  requireSame('description.mapId', description.mapId, mapId, 'the id of the map');
  requireSame('description.seedkit', description.seedkit, seedkit, 'the seedkit of the state machine');
  const { name, invocation, total, concurrency, onError, againOf } = description;
  const queuedAt = new Date(executionStartedAt);
  const record: MapRecord = {
    mapId,
    status: 'RUNNING',
    seedkit,
    name,
    kind: invocation.kind,
    target: wellFormed(describeTarget(invocation).slice(0, TARGET_MAX_CHARACTERS)),
    executionArn,
    total,
    concurrency,
    onError,
    againOf,
    queuedAt: queuedAt.toISOString(),
    day: dayOfMaps(queuedAt.toISOString().slice(0, 10)),
    expiresAt: Math.floor(queuedAt.getTime() / 1_000) + recordExpirationDays * SECONDS_PER_DAY,
  };
  return {
    item: marshalled({ runId: mapRecordKey(mapId), ...record }),
    inputsKey: mapInputsKey(mapId),
    childrenPrefix: mapChildrenPrefix(mapId),
    concurrency,
    onError,
  };
}

function requireSame(field: string, found: string, expected: string, what: string): void {
  if (found === expected) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The map request is not valid: ${field}: ${found} is not ${what}, ${expected}; start the map with codeseeder`,
  );
}
