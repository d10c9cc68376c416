import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

import type { EventEntry } from '../../../lib/local/ports.js';
import { createS3, type S3 } from '../../../lib/local/s3/create-s3.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

export const BUCKET = 'a-bucket';

export interface S3TestPlace {
  readonly context: TestPlaceContext;
  readonly s3: S3;
  readonly client: S3Client;
  /** The events that S3 sent to EventBridge. */
  readonly told: readonly EventEntry[];
  clientWith(overrides: S3ClientConfig): S3Client;
  dispose(): Promise<void>;
}

/** Serves S3 over HTTP, with one empty bucket. */
export async function openS3TestPlace(): Promise<S3TestPlace> {
  const context = await openTestPlaceContext();
  const told: EventEntry[] = [];
  const s3 = await createS3(context, { events: { send: async (entry) => `event-${told.push(entry)}` } });
  const server = await startServer({ context, services: [s3.service], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
  const clients: S3Client[] = [];
  const clientWith = (overrides: S3ClientConfig) => {
    const client = new S3Client({
      endpoint: context.endpoint(),
      region: context.region,
      credentials: context.credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      ...overrides,
    });
    clients.push(client);
    return client;
  };
  const client = clientWith({});
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    context,
    s3,
    client,
    told,
    clientWith,
    dispose: async () => {
      for (const each of clients) each.destroy();
      await server.close();
      await context.dispose();
    },
  };
}
