import type { XmlValue } from '../wire/xml.js';
import { listKeys, type ListPage } from './list-keys.js';
import { ONLY_VERSION, queryNumber, xmlResponse, type S3Call, type S3Operation } from './s3-call.js';
import type { ObjectRecord } from './object-record.js';
import { keyEncoder } from './xml-elements.js';
import { invalidArgument } from './refusals.js';

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
      Contents: page.objects.map((object) => describeObject(object, encode)),
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
      Contents: page.objects.map((object) => describeObject(object, encode)),
      Marker: encode(marker),
      NextMarker: page.last === undefined ? undefined : encode(page.last),
    },
  });
};

/**
 * Lists the objects of a bucket as versions. In a bucket without versioning, each object has one version with the id
 * `null`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export const listObjectVersions: S3Operation = async (call) => {
  const keyMarker = call.query.get('key-marker') ?? '';
  const versionMarker = call.query.get('version-id-marker') ?? '';
  if (!['', ONLY_VERSION].includes(versionMarker)) {
    throw invalidArgument('version-id-marker', versionMarker, 'Invalid version id specified');
  }
  if (versionMarker !== '' && keyMarker === '') {
    throw invalidArgument(
      'version-id-marker',
      versionMarker,
      'A version-id marker cannot be specified without a key marker.',
    );
  }
  const page = await readPage(call, keyMarker);
  const { last } = page;
  const encode = keyEncoder(call);
  return xmlResponse(call, {
    ListVersionsResult: {
      ...describePage(call, page),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionMarker,
      NextKeyMarker: last === undefined ? undefined : encode(last),
      // A page that ends with a common prefix has no version id at its end.
      NextVersionIdMarker: last === page.objects.at(-1)?.key && last !== undefined ? ONLY_VERSION : undefined,
      Version: page.objects.map((object) => ({
        ...describeObject(object, encode),
        VersionId: ONLY_VERSION,
        IsLatest: true,
      })),
    },
  });
};

async function readPage(call: S3Call, after: string): Promise<ListPage> {
  await call.store.bucket(call.bucket);
  const limit = pageLimit(call);
  // Reports an empty page as the last one. Otherwise a client that asks for no keys would request pages forever.
  if (limit === 0) return { objects: [], commonPrefixes: [] };
  return listKeys(call.store, {
    bucket: call.bucket,
    prefix: call.query.get('prefix') ?? '',
    delimiter: call.query.get('delimiter') ?? '',
    after,
    limit,
  });
}

/** Returns the maximum number of keys of a page: the parameter `max-keys`. @default 1,000, also if it is empty */
function pageLimit(call: S3Call): number {
  const limit = queryNumber(call, 'max-keys', PAGE_MAX_KEYS, { least: 0, most: 2 ** 31 - 1 });
  return Math.min(limit, PAGE_MAX_KEYS);
}

function describePage(call: S3Call, page: ListPage): Record<string, XmlValue> {
  const { query } = call;
  const encode = keyEncoder(call);
  return {
    Name: call.bucket,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: query.get('delimiter') ? encode(query.get('delimiter') ?? '') : undefined,
    MaxKeys: pageLimit(call),
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.last !== undefined,
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}

function describeObject(object: ObjectRecord, encode: (key: string) => string): Record<string, XmlValue> {
  return {
    Key: encode(object.key),
    LastModified: new Date(object.modifiedAtMs).toISOString(),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum?.algorithm,
    ChecksumType: object.checksum?.type,
    Size: object.sizeBytes,
    StorageClass: 'STANDARD',
  };
}

function encodeToken(last: string): string {
  return Buffer.from(`1${last}`).toString('base64url');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('1')) return text.slice(1);
  throw invalidArgument('continuation-token', undefined, 'The continuation token provided is incorrect');
}
