import { Readable } from 'node:stream';

import { GetObjectCommand, type GetObjectCommandOutput, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';

import {
  CodeseederError,
  type Invocation,
  INVOCATION_MAX_BYTES,
  parseInvocation,
  parseJson,
} from '../../lib/contract/index.js';

/** @throws CodeseederError `InputMissing`, or `InvalidRequest` when it is too large or breaks the contract */
export async function readInvocation(s3: S3Client, bucket: string, key: string): Promise<Invocation> {
  const found = await getInvocation(s3, bucket, key);
  const sizeBytes = found.ContentLength ?? 0;
  if (sizeBytes > INVOCATION_MAX_BYTES) {
    if (found.Body instanceof Readable) found.Body.destroy();
    throw new CodeseederError(
      'InvalidRequest',
      `The invocation s3://${bucket}/${key} has ${sizeBytes} bytes, at most ${INVOCATION_MAX_BYTES}: pass large data by a key in S3.`,
    );
  }
  return parseInvocation(parseJson((await found.Body?.transformToString()) ?? '', `invocation ${key}`));
}

async function getInvocation(s3: S3Client, bucket: string, key: string): Promise<GetObjectCommandOutput> {
  try {
    return await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  } catch (cause) {
    if (!(cause instanceof NoSuchKey)) throw cause;
    throw new CodeseederError(
      'InputMissing',
      `There is no invocation s3://${bucket}/${key}: put it there before the execution is started.`,
      { cause },
    );
  }
}
