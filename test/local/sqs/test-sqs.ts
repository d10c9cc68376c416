import { SQSClient } from '@aws-sdk/client-sqs';

import { startServer } from '../../../lib/local/server/start-server.js';
import { createSqs } from '../../../lib/local/sqs/sqs.js';
import { openTestPlaceContext } from '../test-place-context.js';

export type TestSqs = Awaited<ReturnType<typeof openTestSqs>>;

/** Starts SQS with a server, and a client that does not repeat requests. */
export async function openTestSqs() {
  const context = await openTestPlaceContext();
  const sqs = await createSqs(context);
  const server = await startServer({ context, services: [sqs.service], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
  const { region, credentials } = context;
  const client = new SQSClient({ region, credentials, endpoint: context.endpoint(), maxAttempts: 1 });
  return {
    context,
    sqs,
    client,
    close: async (): Promise<void> => {
      client.destroy();
      await sqs.close();
      await server.close();
      await context.dispose();
    },
  };
}
