import {
  createBucket,
  deleteBucket,
  getBucketEncryption,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from './bucket-operations.js';
import { getBucketTagging } from './bucket-tags.js';
import { completeMultipartUpload } from './complete-upload.js';
import { copyObject } from './copy-object.js';
import { deleteObject, deleteObjects } from './delete-object.js';
import { getObject, headObject, OVERRIDES } from './get-object.js';
import { listObjectsV1, listObjectsV2, listObjectVersions } from './list-objects.js';
import { putObject } from './put-object.js';
import type { S3Call, S3Operation } from './s3-call.js';
import { uploadPart, uploadPartCopy } from './upload-part.js';
import { listMultipartUploads, listParts } from './list-uploads.js';
import { abortMultipartUpload, createMultipartUpload } from './uploads.js';
import { notImplemented } from './refusals.js';

interface Route {
  /** Query parameters that the request must have. */
  readonly needs?: readonly string[];
  readonly needsCopySource?: boolean;
  /** Further query parameters that the request may have. */
  readonly takes?: readonly string[];
  readonly operation: S3Operation;
}

const LIST = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const LIST_UPLOADS = [
  'prefix',
  'delimiter',
  'encoding-type',
  'key-marker',
  'upload-id-marker',
  'max-uploads',
];
const LIST_VERSIONS = [...LIST, 'key-marker', 'version-id-marker'];
const LIST_V2 = [...LIST, 'continuation-token', 'start-after', 'fetch-owner'];
const READ = ['partNumber', 'versionId', ...OVERRIDES.map((header) => `response-${header}`)];

/**
 * Routes by method and level (service, bucket or object). The first match is used, so routes that need more
 * parameters come first.
 */
const ROUTES: Readonly<Record<string, readonly Route[]>> = {
  'GET service': [{ takes: ['prefix', 'max-buckets', 'bucket-region'], operation: listBuckets }],
  'GET bucket': [
    { needs: ['location'], operation: getBucketLocation },
    { needs: ['encryption'], operation: getBucketEncryption },
    { needs: ['tagging'], operation: getBucketTagging },
    { needs: ['versioning'], operation: getBucketVersioning },
    { needs: ['uploads'], takes: LIST_UPLOADS, operation: listMultipartUploads },
    { needs: ['versions'], takes: LIST_VERSIONS, operation: listObjectVersions },
    { needs: ['list-type'], takes: LIST_V2, operation: listObjectsV2 },
    { takes: [...LIST, 'marker'], operation: listObjectsV1 },
  ],
  'HEAD bucket': [{ operation: headBucket }],
  'PUT bucket': [{ operation: createBucket }],
  'DELETE bucket': [{ operation: deleteBucket }],
  'POST bucket': [{ needs: ['delete'], operation: deleteObjects }],
  'GET object': [
    { needs: ['uploadId'], takes: ['max-parts', 'part-number-marker'], operation: listParts },
    { takes: READ, operation: getObject },
  ],
  'HEAD object': [{ takes: READ, operation: headObject }],
  'PUT object': [
    { needs: ['partNumber', 'uploadId'], needsCopySource: true, operation: uploadPartCopy },
    { needs: ['partNumber', 'uploadId'], operation: uploadPart },
    { needsCopySource: true, operation: copyObject },
    { operation: putObject },
  ],
  'POST object': [
    { needs: ['uploads'], operation: createMultipartUpload },
    { needs: ['uploadId'], operation: completeMultipartUpload },
  ],
  'DELETE object': [
    { needs: ['uploadId'], operation: abortMultipartUpload },
    { takes: ['versionId'], operation: deleteObject },
  ],
};

/**
 * Finds the operation of a request.
 * @throws AwsError `NotImplemented` for an unknown parameter, which would otherwise be ignored
 */
export function findRoute(call: S3Call): S3Operation {
  const { method, headers } = call.request;
  const level = call.bucket === '' ? 'service' : call.key === '' ? 'bucket' : 'object';
  const names = [...call.query.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  const route = (ROUTES[`${method} ${level}`] ?? []).find(
    ({ needs = [], needsCopySource = false }) =>
      (isCopy || !needsCopySource) && needs.every((name) => names.includes(name)),
  );
  const known = [...(route?.needs ?? []), ...(route?.takes ?? [])];
  const unknown = names.find((name) => !known.includes(name));
  if (route !== undefined && unknown === undefined) return route.operation;
  throw notImplemented(
    `A header or query you provided implies functionality that is not implemented: the local AWS has no ${method} of a ${level}${unknown === undefined ? '' : ` with ${unknown}`}.`,
  );
}
