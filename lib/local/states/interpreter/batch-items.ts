import type { ItemBatcher } from './distributed-map-schemas.js';
import type { Payload } from './execution.js';
import type { Scope } from './expression.js';
import { checkSize, PAYLOAD_MAX_BYTES } from './state-error.js';
import { evaluateCount, evaluateTemplate } from './template.js';

/** Limits for the input of one child execution. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxInputBytes: number;
  /** The evaluated `BatchInput` as JSON text. */
  readonly batchInput: string | undefined;
}

/** Evaluates the ItemBatcher of a Map state. @throws StateError */
export async function evaluateBatcher(
  { maxItemsPerBatch, maxInputBytesPerBatch, batchInput }: ItemBatcher,
  scope: Scope,
): Promise<BatchLimits> {
  const count = (field: number | string | undefined, name: string, max: number) =>
    field === undefined ? max : evaluateCount(field, scope, `ItemBatcher/${name}`, { min: 1, max });
  return {
    maxItems: await count(maxItemsPerBatch, 'MaxItemsPerBatch', 100_000_000),
    maxInputBytes: await count(maxInputBytesPerBatch, 'MaxInputBytesPerBatch', PAYLOAD_MAX_BYTES),
    batchInput:
      batchInput === undefined
        ? undefined
        : JSON.stringify(await evaluateTemplate(batchInput, scope, 'ItemBatcher/BatchInput')),
  };
}

/** The input of a child execution as JSON text, and the number of items in it. */
export interface Batch {
  readonly input: string;
  readonly itemCount: number;
}

/** Yields each item as the input of one child execution. */
export async function* singleItems(items: AsyncIterable<Payload>): AsyncGenerator<Batch> {
  for await (const { text } of items) yield { input: text, itemCount: 1 };
}

/**
 * Combines items into batches of the form `{ "BatchInput": ..., "Items": [...] }`.
 * An item over `maxInputBytes` gets a batch of its own.
 * @throws StateError `States.DataLimitExceeded` for a batch that is larger than the data of a state may be
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export async function* batchItems(items: AsyncIterable<Payload>, limits: BatchLimits): AsyncGenerator<Batch> {
  const head =
    limits.batchInput === undefined ? '{"Items":[' : `{"BatchInput":${limits.batchInput},"Items":[`;
  const frameBytes = Buffer.byteLength(head) + 2;
  let texts: string[] = [];
  let bytes = frameBytes;
  const take = (): Batch => {
    const input = checkSize(`${head}${texts.join(',')}]}`, 'The batch has an input');
    const batch = { input, itemCount: texts.length };
    texts = [];
    bytes = frameBytes;
    return batch;
  };
  for await (const { text } of items) {
    const itemBytes = Buffer.byteLength(text) + 1;
    const isFull = texts.length >= limits.maxItems || bytes + itemBytes - 1 > limits.maxInputBytes;
    if (texts.length > 0 && isFull) yield take();
    texts.push(text);
    bytes += itemBytes;
  }
  if (texts.length > 0) yield take();
}
