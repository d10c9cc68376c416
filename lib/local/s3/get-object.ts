import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { damaged } from '../durable/damage.js';
import { AwsError } from '../wire/aws-error.js';
import type { WireResponse } from '../wire/wire-service.js';
import { parseRange, type ByteRange } from './byte-range.js';
import { checkReadConditions } from './conditions.js';
import { checksumHeaders, definedHeaders, describeObject } from './object-headers.js';
import type { ObjectRecord } from './object-record.js';
import { headerText } from './request-header.js';
import {
  baseHeaders,
  checkVersion,
  emptyResponse,
  queryNumber,
  type S3Call,
  type S3Operation,
} from './s3-call.js';
import type { S3Store } from './s3-store.js';

/** Response headers that a query parameter `response-<header>` can replace. */
export const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export const getObject: S3Operation = async (call) => {
  checkVersion(call);
  const select = (record: ObjectRecord) => {
    checkReadConditions(call.request, record);
    return selectPart(call, record);
  };
  const { record, selected, body } = await readCurrent(call.store, call.bucket, call.key, select);
  return answer(call, record, selected, body);
};

export const headObject: S3Operation = async (call) => {
  checkVersion(call);
  const record = await call.store.object(call.bucket, call.key);
  try {
    checkReadConditions(call.request, record);
  } catch (error) {
    if (error instanceof AwsError && error.statusCode === 304) return notModified(call, record);
    throw error;
  }
  return answer(call, record, selectPart(call, record), undefined);
};

/**
 * Reads the record of an object and opens its content. Repeats both if the object was replaced in between.
 * @throws AwsError `NoSuchBucket`, `NoSuchKey`; LocalAwsError `DataFolderDamaged`
 */
export async function readCurrent<T extends { readonly range: ByteRange | undefined }>(
  store: S3Store,
  bucket: string,
  key: string,
  select: (record: ObjectRecord) => T,
): Promise<{ record: ObjectRecord; selected: T; body: Readable }> {
  for (let missing: string | undefined; ;) {
    const record = await store.object(bucket, key);
    const selected = select(record);
    const body = await openContent(store, record, selected.range);
    if (body !== undefined) return { record, selected, body };
    const [first] = record.blobs;
    const { dataFolder } = store.context;
    if (first?.id === missing)
      throw damaged(dataFolder, join(dataFolder, 's3'), `the content of ${bucket}/${key} is missing`);
    missing = first?.id;
  }
}

/**
 * Opens the content of an object.
 * @returns undefined if the content was deleted after the record was read
 */
export async function openContent(
  store: S3Store,
  record: ObjectRecord,
  range: ByteRange | undefined,
): Promise<Readable | undefined> {
  const { start, end } = range ?? { start: 0, end: record.sizeBytes - 1 };
  try {
    return await store.blobs.read(record.blobs, start, end);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

interface SelectedPart {
  readonly range: ByteRange | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function selectPart(call: S3Call, record: ObjectRecord): SelectedPart {
  const range = parseRange(headerText(call.request, 'range'), record.sizeBytes);
  if (!call.query.has('partNumber')) return { range, headers: {} };
  if (range !== undefined) {
    throw new AwsError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const partNumber = queryNumber(call, 'partNumber', 1, { least: 1, most: 10_000 });
  const sizes =
    record.partCount === undefined ? [record.sizeBytes] : record.blobs.map(({ sizeBytes }) => sizeBytes);
  const size = sizes[partNumber - 1];
  if (size === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416);
  }
  const start = sizes.slice(0, partNumber - 1).reduce((sum, each) => sum + each, 0);
  return {
    range: size === 0 ? undefined : { start, end: start + size - 1 },
    headers: record.partCount === undefined ? {} : { 'x-amz-mp-parts-count': String(record.partCount) },
  };
}

function answer(
  call: S3Call,
  record: ObjectRecord,
  { range, headers }: SelectedPart,
  body: Readable | undefined,
): WireResponse {
  const length = range === undefined ? record.sizeBytes : range.end - range.start + 1;
  const wantsChecksum = headerText(call.request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const hasChecksum = wantsChecksum && length === record.sizeBytes;
  const head = {
    status: range === undefined ? 200 : 206,
    headers: {
      ...baseHeaders(call),
      ...describeObject(record),
      ...headers,
      ...overrides(call),
      ...checksumHeaders(hasChecksum ? record.checksum : undefined),
      ...definedHeaders({
        'content-range': range && `bytes ${range.start}-${range.end}/${record.sizeBytes}`,
      }),
      'content-length': String(length),
    },
  };
  return body === undefined ? head : { ...head, body };
}

function overrides(call: S3Call): Record<string, string> {
  return definedHeaders(
    Object.fromEntries(OVERRIDES.map((name) => [name, call.query.get(`response-${name}`) ?? undefined])),
  );
}

function notModified(call: S3Call, record: ObjectRecord): WireResponse {
  const { etag = '', 'last-modified': modified = '' } = describeObject(record);
  return emptyResponse(call, 304, { etag, 'last-modified': modified });
}
