import { Readable } from 'node:stream';

import { GetObjectCommand, type GetObjectCommandOutput, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';

import { CodeseederError, INVOCATION_MAX_BYTES } from '../../lib/contract/index.js';

export interface Bucket {
  readonly s3: S3Client;
  readonly bucket: string;
}

/**
 * The text of an object, `undefined` when there is none.
 * @throws CodeseederError `InvalidRequest` when it is larger than an invocation may be
 */
export async function readObject({ s3, bucket }: Bucket, key: string): Promise<string | undefined> {
  const found = await getObject(s3, bucket, key);
  if (found === undefined) return undefined;
  const sizeBytes = found.ContentLength ?? 0;
  if (sizeBytes > INVOCATION_MAX_BYTES) {
    if (found.Body instanceof Readable) found.Body.destroy();
    throw new CodeseederError(
      'InvalidRequest',
      `The object s3://${bucket}/${key} has ${sizeBytes} bytes, at most ${INVOCATION_MAX_BYTES}: pass large data by a key in S3.`,
    );
  }
  return (await found.Body?.transformToString()) ?? '';
}

async function getObject(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<GetObjectCommandOutput | undefined> {
  try {
    return await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
