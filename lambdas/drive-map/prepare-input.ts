import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

import {
  checkSeal,
  definedOnly,
  type Invocation,
  MAP_INPUT_VARIABLE,
  type MapDescription,
  type MapInput,
  parseJson,
  parseMapInput,
  parseMapItem,
  parseRunRequest,
  pendingInput,
  type PreparedInput,
  progressItemOf,
  progressKey,
  runIdOfInput,
  type RunRequest,
} from '../../lib/contract/index.js';
import { putInput } from '../../lib/run-store/files.js';
import { putTrigger } from '../../lib/run-store/put-trigger.js';
import { progressItemsOf, readCancelNote, readMapRecord, readProgress } from '../../lib/run-store/maps.js';
import { descriptionOf, type DriveMapDependencies } from './dependencies.js';

const SECONDS_PER_DAY = 86_400;

/**
 * Stores the invocation of an input and the note about its run, and returns the request of the run, unless the map was
 * canceled or stopped. Repeating the call changes nothing.
 *
 * The input is counted as started before this function checks whether the map was canceled. A client that cancels a
 * map, and then reads its progress, therefore finds every run that may still start.
 * @throws CodeseederError
 */
export async function prepareInput(
  unchecked: unknown,
  dependencies: DriveMapDependencies,
): Promise<PreparedInput> {
  const { request: mapRequest, input: uncheckedInput } = parseMapItem(unchecked);
  const { mapId, sealKey } = mapRequest;
  const input = parseMapInput(uncheckedInput);
  checkSeal(input, { mapId, sealKey });
  const description = await descriptionOf(mapRequest, dependencies);
  const runId = runIdOfInput(mapId, input.index);
  await countStarted(mapId, input.index, 'ADD', dependencies);
  const [record, canceled] = await Promise.all([
    readMapRecord(mapId, dependencies),
    readCancelNote(mapId, dependencies),
  ]);
  if (record?.stoppedBy !== undefined || canceled !== undefined) {
    await countStarted(mapId, input.index, 'DELETE', dependencies);
    const decision = (await hasRunning(description, dependencies)) ? 'WAIT' : 'END';
    return { decision, runId, request: null };
  }
  const { content, build } = composeInput(description, input);
  const request = requestOf(description, input.index, build);
  const stored = await putInput(runId, content, dependencies);
  const complete = definedOnly({ ...request, input: stored });
  await putTrigger(complete, dependencies);
  return { decision: 'RUN', runId, request: { ...complete } };
}

/** Adds or removes the index of an input among those whose runs were started. */
async function countStarted(
  mapId: string,
  index: number,
  action: 'ADD' | 'DELETE',
  { dynamodb, runTable, recordExpirationDays }: DriveMapDependencies,
): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1_000) + recordExpirationDays * SECONDS_PER_DAY;
  const command = new UpdateItemCommand({
    TableName: runTable,
    Key: marshall({ runId: progressKey(mapId, progressItemOf(index)) }),
    UpdateExpression: `${action} #started :index SET #expiresAt = if_not_exists(#expiresAt, :expiresAt)`,
    ExpressionAttributeNames: { '#started': 'started', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: { ':index': { NS: [String(index)] }, ':expiresAt': { N: String(expiresAt) } },
  });
  await dynamodb.send(command);
}

async function hasRunning(description: MapDescription, dependencies: DriveMapDependencies): Promise<boolean> {
  const items = progressItemsOf(description);
  for await (const { progress } of readProgress(description.mapId, items, dependencies)) {
    const { started, succeeded, failed } = progress;
    for (const index of started) if (!succeeded.has(index) && !failed.has(index)) return true;
  }
  return false;
}

/** Returns the invocation of an input, and the options of its build. */
function composeInput(
  { invocation, build }: MapDescription,
  { args }: MapInput,
): { readonly content: Uint8Array; readonly build: RunRequest['build'] } {
  if (invocation.kind === 'commands') {
    const [value] = parseJson(args, 'input of the map') as unknown[];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const variable = { value: text, type: 'PLAINTEXT' as const };
    const environment = { ...build.environment, [MAP_INPUT_VARIABLE]: variable };
    return { content: Buffer.from(JSON.stringify(invocation)), build: { ...build, environment } };
  }
  return { content: Buffer.from(withArguments(invocation, args)), build };
}

/** Returns the JSON of an invocation whose arguments are the text `args`, unchanged. */
function withArguments(
  { args: _none, ...rest }: Exclude<Invocation, { kind: 'commands' }>,
  args: string,
): string {
  return `${JSON.stringify(rest).slice(0, -1)},"args":${args}}`;
}

function requestOf(
  { mapId, seedkit, bundle, labels, lock, lockMode, cache, installsDigest }: MapDescription,
  mapIndex: number,
  build: RunRequest['build'],
): RunRequest {
  const runId = runIdOfInput(mapId, mapIndex);
  const input = pendingInput(runId);
  return parseRunRequest(
    definedOnly({
      version: 1,
      runId,
      seedkit,
      bundle,
      input,
      build,
      trigger: 'CLIENT',
      labels,
      lock,
      lockMode,
      cache,
      installsDigest,
      mapId,
      mapIndex,
    }),
  );
}
