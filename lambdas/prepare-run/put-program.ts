import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** A program that a build runs from its input. */
export interface InputProgram {
  readonly key: string;
  readonly content: Uint8Array;
  readonly contentType: string;
}

/** Stores a program beside a run's invocation. Keeps an object that exists, which an earlier attempt stored. */
export async function putProgram(
  { key, content, contentType }: InputProgram,
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
): Promise<void> {
  const object = { Bucket: bucket, Key: key, Body: content, ContentType: contentType };
  try {
    await s3.send(new PutObjectCommand({ ...object, IfNoneMatch: '*' }));
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode !== 412) throw error;
  }
}
