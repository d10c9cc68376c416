import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AwsClientStub } from 'aws-sdk-client-mock';

import type { RunRequest } from '../../lib/contract/index.js';
import { putTrigger } from '../../lib/run-store/put-trigger.js';
import { objectWith } from './s3-answers.js';

/** Stores the trigger of a request in the bucket, as `start-run` does. Removes it if there is no request. */
export async function noteIsOf(
  request: RunRequest | undefined,
  s3: Pick<AwsClientStub<S3Client>, 'on'>,
): Promise<void> {
  const Key = 'runs/run-1/trigger.json';
  const answer = s3.on(GetObjectCommand, { Key });
  if (request === undefined) {
    answer.rejects(new NoSuchKey({ $metadata: {}, message: 'no note' }));
    return;
  }
  const client = new S3Client({ region: 'us-east-1' });
  let text = '';
  client.send = async (command: unknown) => {
    if (command instanceof PutObjectCommand) text = String(command.input.Body as Buffer);
    return {};
  };
  await putTrigger(request, { s3: client, bucket: 'bucket' });
  answer.resolves(objectWith(text));
}
