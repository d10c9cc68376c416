import type { Objects } from '../../ports.js';
import type { ItemReader, ItemSource } from './distributed-map-schemas.js';
import type { Scope } from './expression.js';
import { ITEM_READER_FAILED, StateError } from './state-error.js';
import { evaluateCount, evaluateField } from './template.js';
import { type Chunks, csvItems, jsonItems, jsonLines } from './text-items.js';

/** Opens the items. Each call starts at the first item. */
export type OpenItems = () => AsyncIterable<unknown>;

/**
 * Evaluates an ItemReader. Items are read one by one, because they may not all fit into memory.
 * @returns a function that opens the items. Reading them can throw a StateError `States.ItemReaderFailed`
 * @throws StateError
 */
export async function itemsOfReader(
  objects: Objects,
  { source, arguments: template, maxItems }: ItemReader,
  scope: Scope,
): Promise<OpenItems> {
  const location = 'ItemReader/Arguments';
  const args = (await evaluateField(template, 'object', scope, location)) as Record<string, unknown>;
  const text = (name: string) => evaluateField(args[name], 'string', scope, `${location}/${name}`);
  const bucket = await text('Bucket');
  const isList = source.type === 'objects';
  const key = isList ? (args.Prefix === undefined ? '' : await text('Prefix')) : await text('Key');
  const most =
    maxItems === undefined
      ? Infinity
      : await evaluateCount(maxItems, scope, 'ItemReader/ReaderConfig/MaxItems', {
          min: 1,
          max: 100_000_000,
        });
  const open = () => (isList ? listObjects(objects, bucket, key) : readFile(objects, source, bucket, key));
  return () => firstItems(open, most);
}

async function* firstItems(open: () => AsyncIterable<unknown>, most: number): AsyncGenerator<unknown> {
  let count = 0;
  try {
    for await (const item of open()) {
      count += 1;
      yield item;
      if (count >= most) return;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StateError(ITEM_READER_FAILED, message);
  }
}

/**
 * Yields the objects of a bucket as items.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
async function* listObjects(objects: Objects, bucket: string, prefix: string): AsyncGenerator<unknown> {
  for await (const { key, sizeBytes, etag, modifiedAtMs } of objects.list(bucket, prefix)) {
    yield {
      Etag: `"${etag}"`,
      Key: key,
      LastModified: modifiedAtMs / 1_000,
      Size: sizeBytes,
      StorageClass: 'STANDARD',
    };
  }
}

async function* readFile(
  objects: Objects,
  source: Exclude<ItemSource, { type: 'objects' }>,
  bucket: string,
  key: string,
): AsyncGenerator<unknown> {
  const { body } = await objects.read(bucket, key);
  body.setEncoding('utf8');
  try {
    yield* itemsOfText(source, body as Chunks);
  } finally {
    body.destroy();
  }
}

function itemsOfText(
  source: Exclude<ItemSource, { type: 'objects' }>,
  chunks: Chunks,
): AsyncIterable<unknown> {
  if (source.type === 'CSV') return csvItems(chunks, source);
  return source.type === 'JSON' ? jsonItems(chunks) : jsonLines(chunks);
}
