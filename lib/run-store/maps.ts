/**
 * Reads and writes the data of maps: descriptions and cancellations in the bucket, records and progress in the run
 * table.
 */
import {
  BatchGetItemCommand,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import {
  CodeseederError,
  contentDigest,
  isSameContent,
  mapCancelKey,
  MAP_DESCRIPTION_MAX_BYTES,
  type MapDescription,
  type MapRecord,
  mapRecordKey,
  type MapRequest,
  mapIdAt,
  OPEN_MAPS,
  parseMapDescription,
  parseMapRecord,
  parseProgressItem,
  type ProgressItem,
  progressItemOf,
  progressKey,
  RUNS_BY_FACET_INDEX,
} from '../contract/index.js';
import { readObject, type S3Bucket } from '../s3-objects.js';
import { marshalled, type RunTable } from './record.js';

/** Maximum number of items in one BatchGetItem. */
const ITEMS_PER_READ = 100;

/**
 * Reads the description that the request of a map names.
 * @throws CodeseederError `InputMissing`; `InputChanged` if it differs from the named one; `InvalidRequest`
 */
export async function readMapDescription(
  { description, mapId }: MapRequest,
  files: S3Bucket,
): Promise<MapDescription> {
  const location = `s3://${files.bucket}/${description.key}`;
  const { content } = (await readObject(description.key, files, MAP_DESCRIPTION_MAX_BYTES)) ?? {};
  if (content === undefined) {
    const message = `The description ${location} of the map ${mapId} is no longer in the bucket: the files of maps expire. Start the map from its source.`;
    throw new CodeseederError('InputMissing', message);
  }
  if (!isSameContent(contentDigest(content), description)) {
    throw new CodeseederError(
      'InputChanged',
      `The description ${location} is not the one that the map ${mapId} was started with. It was replaced: check which principals can write to it, and start another map.`,
    );
  }
  return parseMapDescription(content);
}

/** Reads the reason why a map was canceled. @returns undefined if it was not canceled */
export async function readCancelNote(mapId: string, files: S3Bucket): Promise<string | undefined> {
  const note = await readObject(mapCancelKey(mapId), files, MAP_DESCRIPTION_MAX_BYTES);
  return note && Buffer.from(note.content ?? []).toString();
}

/** Reads the record of a map with a consistent read. @returns undefined when there is none */
export async function readMapRecord(
  mapId: string,
  { dynamodb, runTable }: RunTable,
): Promise<MapRecord | undefined> {
  const Key = marshall({ runId: mapRecordKey(mapId) });
  const command = new GetItemCommand({ TableName: runTable, Key, ConsistentRead: true });
  const { Item } = await dynamodb.send(command);
  return Item === undefined ? undefined : parseMapRecord(unmarshall(Item));
}

/** Returns the numbers of the progress items of a map, in ascending order. Each item counts a range of inputs. */
export function progressItemsOf({ ranges }: Pick<MapDescription, 'ranges'>): number[] {
  const items = new Set<number>();
  for (const [first, last] of ranges) {
    for (let item = progressItemOf(first); item <= progressItemOf(last); item += 1) items.add(item);
  }
  return [...items];
}

/** Reads the progress of a map, item by item, with consistent reads. An item that does not exist yet is left out. */
export async function* readProgress(
  mapId: string,
  items: readonly number[],
  { dynamodb, runTable }: RunTable,
): AsyncGenerator<{ readonly item: number; readonly progress: ProgressItem }> {
  for (let start = 0; start < items.length; start += ITEMS_PER_READ) {
    let keys = items
      .slice(start, start + ITEMS_PER_READ)
      .map((item) => marshall({ runId: progressKey(mapId, item) }));
    while (keys.length > 0) {
      const command = new BatchGetItemCommand({
        RequestItems: { [runTable]: { Keys: keys, ConsistentRead: true } },
      });
      const { Responses, UnprocessedKeys } = await dynamodb.send(command);
      for (const found of Responses?.[runTable] ?? []) {
        const { runId, ...progress } = unmarshall(found);
        yield { item: Number(String(runId).split(':').at(-1)), progress: parseProgressItem(progress) };
      }
      keys = UnprocessedKeys?.[runTable]?.Keys ?? [];
    }
  }
}

/** Reads the ids of the maps whose end is not announced yet, the oldest first. The index is eventually consistent. */
export async function* openMapIds({ dynamodb, runTable }: RunTable): AsyncGenerator<string> {
  const query = {
    TableName: runTable,
    IndexName: RUNS_BY_FACET_INDEX,
    KeyConditionExpression: '#facet = :facet',
    ExpressionAttributeNames: { '#facet': 'facet' },
    ExpressionAttributeValues: marshalled({ ':facet': OPEN_MAPS }),
  };
  for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
    for (const { position } of Items) yield mapIdAt(position?.S ?? '');
  }
}

/** How an input is counted after its run has ended. */
export type CountedAs = 'succeeded' | 'failed';

/**
 * Counts the end of an input's run. Repeating the call changes nothing.
 * @param end undefined for a run that was never started, which is then no longer counted as started
 */
export async function countInput(
  mapId: string,
  index: number,
  end: CountedAs | undefined,
  { dynamodb, runTable }: RunTable,
): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: runTable,
    Key: marshall({ runId: progressKey(mapId, progressItemOf(index)) }),
    UpdateExpression: end === undefined ? 'DELETE #set :index' : 'ADD #set :index',
    ExpressionAttributeNames: { '#set': end ?? 'started' },
    ExpressionAttributeValues: { ':index': { NS: [String(index)] } },
  });
  await dynamodb.send(command);
}
