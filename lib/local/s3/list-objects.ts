import { AwsError } from '../wire/aws-error.js';
import type { XmlValue } from '../wire/xml.js';
import { listKeys, type ListPage } from './list-keys.js';
import { queryNumber, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import { keyEncoder } from './xml-elements.js';

const PAGE_MAX_KEYS = 1000;

export const listObjectsV2: S3Operation = async (call) => {
  const { query } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const page = await readPage(call, token === null ? startAfter : decodeToken(token));
  const encode = keyEncoder(call);
  return xmlResponse(call, {
    ListBucketResult: {
      ...describePage(call, page),
      KeyCount: page.objects.length + page.commonPrefixes.length,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.last === undefined ? undefined : encodeToken(page.last),
      StartAfter: startAfter === '' ? undefined : encode(startAfter),
    },
  });
};

export const listObjectsV1: S3Operation = async (call) => {
  const marker = call.query.get('marker') ?? '';
  const page = await readPage(call, marker);
  const encode = keyEncoder(call);
  return xmlResponse(call, {
    ListBucketResult: {
      ...describePage(call, page),
      Marker: encode(marker),
      NextMarker: page.last === undefined ? undefined : encode(page.last),
    },
  });
};

async function readPage(call: S3Call, after: string): Promise<ListPage> {
  await call.store.bucket(call.bucket);
  const limit = queryNumber(call, 'max-keys', PAGE_MAX_KEYS, { least: 0, most: 2 ** 31 - 1 });
  // An empty page must be the last page, or a client would request pages forever.
  if (limit === 0) return { objects: [], commonPrefixes: [] };
  return listKeys(call.store, {
    bucket: call.bucket,
    prefix: call.query.get('prefix') ?? '',
    delimiter: call.query.get('delimiter') ?? '',
    after,
    limit: Math.min(limit, PAGE_MAX_KEYS),
  });
}

function describePage(call: S3Call, page: ListPage): Record<string, XmlValue> {
  const { query } = call;
  const encode = keyEncoder(call);
  return {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: query.get('delimiter') ? encode(query.get('delimiter') ?? '') : undefined,
    MaxKeys: Math.min(Number(query.get('max-keys') ?? PAGE_MAX_KEYS), PAGE_MAX_KEYS),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.last !== undefined,
    Contents: page.objects.map((object) => ({
      Key: encode(object.key),
      LastModified: new Date(object.modifiedAtMs).toISOString(),
      ETag: `"${object.etag}"`,
      ChecksumAlgorithm: object.checksum?.algorithm,
      ChecksumType: object.checksum?.type,
      Size: object.sizeBytes,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

function encodeToken(last: string): string {
  return Buffer.from(`1${last}`).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('1')) return text.slice(1);
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  });
}
