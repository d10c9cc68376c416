import { AwsError } from '../wire/aws-error.js';
import {
  createBucket,
  deleteBucket,
  getBucketEncryption,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from './bucket-operations.js';
import { completeMultipartUpload } from './complete-upload.js';
import { copyObject } from './copy-object.js';
import { deleteObject, deleteObjects } from './delete-object.js';
import { getObject, headObject } from './get-object.js';
import { listObjectsV1, listObjectsV2, listObjectVersions } from './list-objects.js';
import { putObject } from './put-object.js';
import type { S3Call, S3Operation } from './s3-call.js';
import { uploadPart, uploadPartCopy } from './upload-part.js';
import { listMultipartUploads, listParts } from './list-uploads.js';
import { abortMultipartUpload, createMultipartUpload } from './uploads.js';

interface Route {
  readonly level: 'service' | 'bucket' | 'object';
  readonly method: string;
  /** Query parameters that the request must have. */
  readonly needs?: readonly string[];
  readonly needsCopySource?: boolean;
  /** Further query parameters that the request may have. */
  readonly takes?: readonly string[];
  readonly operation: S3Operation;
}

const LIST = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const OVERRIDES = [
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
];
const READ = ['partNumber', 'versionId', ...OVERRIDES];

/** The first route that matches is used, so those with more required parameters come first. */
const ROUTES: readonly Route[] = [
  {
    level: 'service',
    method: 'GET',
    takes: ['prefix', 'max-buckets', 'bucket-region'],
    operation: listBuckets,
  },
  { level: 'bucket', method: 'GET', needs: ['location'], operation: getBucketLocation },
  { level: 'bucket', method: 'GET', needs: ['encryption'], operation: getBucketEncryption },
  { level: 'bucket', method: 'GET', needs: ['versioning'], operation: getBucketVersioning },
  {
    level: 'bucket',
    method: 'GET',
    needs: ['uploads'],
    takes: ['prefix', 'delimiter', 'encoding-type', 'key-marker', 'upload-id-marker', 'max-uploads'],
    operation: listMultipartUploads,
  },
  {
    level: 'bucket',
    method: 'GET',
    needs: ['versions'],
    takes: [...LIST, 'key-marker', 'version-id-marker'],
    operation: listObjectVersions,
  },
  {
    level: 'bucket',
    method: 'GET',
    needs: ['list-type'],
    takes: [...LIST, 'continuation-token', 'start-after', 'fetch-owner'],
    operation: listObjectsV2,
  },
  { level: 'bucket', method: 'GET', takes: [...LIST, 'marker'], operation: listObjectsV1 },
  { level: 'bucket', method: 'HEAD', operation: headBucket },
  { level: 'bucket', method: 'PUT', operation: createBucket },
  { level: 'bucket', method: 'DELETE', operation: deleteBucket },
  { level: 'bucket', method: 'POST', needs: ['delete'], operation: deleteObjects },
  {
    level: 'object',
    method: 'GET',
    needs: ['uploadId'],
    takes: ['max-parts', 'part-number-marker'],
    operation: listParts,
  },
  { level: 'object', method: 'GET', takes: READ, operation: getObject },
  { level: 'object', method: 'HEAD', takes: READ, operation: headObject },
  {
    level: 'object',
    method: 'PUT',
    needs: ['partNumber', 'uploadId'],
    needsCopySource: true,
    operation: uploadPartCopy,
  },
  { level: 'object', method: 'PUT', needs: ['partNumber', 'uploadId'], operation: uploadPart },
  { level: 'object', method: 'PUT', needsCopySource: true, operation: copyObject },
  { level: 'object', method: 'PUT', operation: putObject },
  { level: 'object', method: 'POST', needs: ['uploads'], operation: createMultipartUpload },
  { level: 'object', method: 'POST', needs: ['uploadId'], operation: completeMultipartUpload },
  { level: 'object', method: 'DELETE', needs: ['uploadId'], operation: abortMultipartUpload },
  { level: 'object', method: 'DELETE', takes: ['versionId'], operation: deleteObject },
];

/** Finds a request's operation. @throws AwsError `NotImplemented` for an unknown parameter, so that none is ignored */
export function findRoute(call: S3Call): S3Operation {
  const { method, headers } = call.request;
  const level = call.bucket === '' ? 'service' : call.key === '' ? 'bucket' : 'object';
  const names = [...call.query.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  const route = ROUTES.find(
    (candidate) =>
      candidate.level === level &&
      candidate.method === method &&
      (candidate.needsCopySource !== true || isCopy) &&
      (candidate.needs ?? []).every((name) => names.includes(name)),
  );
  const unknown = names.find(
    (name) => !(route?.needs ?? []).includes(name) && !(route?.takes ?? []).includes(name),
  );
  if (route !== undefined && unknown === undefined) return route.operation;
  throw new AwsError(
    'NotImplemented',
    `A header or query you provided implies functionality that is not implemented: the local AWS has no ${method} of a ${level}${unknown === undefined ? '' : ` with ${unknown}`}.`,
    501,
  );
}
