import { decodeUriPart } from '../server/signature/percent-encoding.js';
import { AwsError } from '../wire/aws-error.js';
import { checkCopyConditions } from './conditions.js';
import type { ObjectRecord } from './object-record.js';
import { headerText } from './request-header.js';
import type { S3Call } from './s3-call.js';
import { invalidArgument, notImplemented } from './refusals.js';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly record: ObjectRecord;
}

/**
 * Reads the source object that the header `x-amz-copy-source` names.
 * @throws AwsError `InvalidArgument`, `NoSuchBucket`, `NoSuchKey`, `PreconditionFailed`, `NotImplemented`
 */
export async function readCopySource({ request, store }: S3Call): Promise<CopySource> {
  const header = headerText(request, 'x-amz-copy-source') ?? '';
  if (/\?versionId=/.test(header)) {
    throw notImplemented('The local AWS keeps no versions of objects.');
  }
  const path = decodeUriPart(header)?.replace(/^\//, '') ?? '';
  const slash = path.indexOf('/');
  if (slash <= 0 || slash === path.length - 1) {
    throw invalidArgument(
      'x-amz-copy-source',
      header,
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  const bucket = path.slice(0, slash);
  const key = path.slice(slash + 1);
  const record = await store.object(bucket, key);
  checkCopyConditions(request, record);
  return { bucket, key, record };
}

export function sourceChanged(): AwsError {
  return new AwsError('OperationAborted', 'The source was changed while it was copied. Try again.', 409);
}
