import { type GetObjectCommandOutput, S3ServiceException } from '@aws-sdk/client-s3';

/** Returns the output of GetObject for an object with this text. */
export function objectWith(text: string): Partial<GetObjectCommandOutput> {
  return {
    ContentLength: Buffer.byteLength(text),
    Body: { transformToByteArray: async () => Buffer.from(text) } as unknown as NonNullable<
      GetObjectCommandOutput['Body']
    >,
  };
}

/** An error of S3 by its name and HTTP status. */
export function s3Error(name: string, httpStatusCode: number): S3ServiceException {
  return new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: name });
}
