import {
  CodeseederError,
  definedOnly,
  type DriveMapInput,
  mapChildrenPrefix,
  mapInputsKey,
  mapRecordKey,
  openMapEntry,
  parseMapRequest,
  type PreparedMap,
  toMapStateChange,
} from '../../lib/contract/index.js';
import { marshalled } from '../../lib/run-store/record.js';
import { descriptionOf, type DriveMapDependencies } from './dependencies.js';
import { firstRecord } from './first-record.js';

type PrepareMapInput = Extract<DriveMapInput, { step: 'PrepareMap' }>;

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
  const { concurrency, onError } = description;
  const record = firstRecord(description, { executionArn, executionStartedAt }, recordExpirationDays);
  return {
    item: marshalled({ runId: mapRecordKey(mapId), ...record, ...openMapEntry(record) }),
    event: definedOnly({ ...toMapStateChange(record) }),
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
