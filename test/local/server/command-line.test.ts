import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { createDynamodb, type Dynamodb } from '../../../lib/local/dynamodb/create-dynamodb.js';
import { createIdentity } from '../../../lib/local/identity/create-identity.js';
import { placeEnvironment } from '../../../lib/local/place-context.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { openAwsCli, type AwsCli } from '../../aws-cli/aws-cli.js';
import { withAwsCli } from '../../installed-tools.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
let dynamodb: Dynamodb;
let server: Awaited<ReturnType<typeof startServer>>;
let cli: AwsCli;
beforeAll(async () => {
  cli = await openAwsCli();
  context = await openTestPlaceContext();
  dynamodb = await createDynamodb(context);
  const identity = await createIdentity(context);
  server = await startServer({ context, services: [identity.service, dynamodb.service], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
});
afterAll(async () => {
  await cli.close();
  await server.close();
  await dynamodb.close();
  await context.dispose();
});

async function aws(args: readonly string[], overrides: Record<string, string> = {}): Promise<unknown> {
  const { PATH } = process.env;
  const env = { PATH, HOME: context.dataFolder, ...placeEnvironment(context), ...overrides };
  return JSON.parse(await cli.run([...args, '--output', 'json'], env));
}

describe('the AWS CLI', () => {
  withAwsCli('The AWS CLI returns its identity, and wrong credentials are refused', async () => {
    await expect(aws(['sts', 'get-caller-identity'])).resolves.toMatchObject({ Account: context.account });
    await expect(aws(['sts', 'get-caller-identity'], { AWS_ACCESS_KEY_ID: 'AKIANOBODY' })).rejects.toThrow(
      /InvalidClientTokenId/,
    );
  });

  withAwsCli(
    'The AWS CLI scans a table, and a wrong secret is refused with DynamoDB’s own code',
    async () => {
      await dynamodb.tables.call('CreateTable', {
        TableName: 'runs',
        KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'runId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      });
      let status: unknown;
      while (status !== 'ACTIVE') {
        const { Table } = await dynamodb.tables.call('DescribeTable', { TableName: 'runs' });
        status = (Table as { TableStatus: string }).TableStatus;
      }
      await dynamodb.tables.call('PutItem', { TableName: 'runs', Item: { runId: { S: 'ü' } } });
      const scan = ['dynamodb', 'scan', '--table-name', 'runs'];
      await expect(aws(scan)).resolves.toMatchObject({ Count: 1, Items: [{ runId: { S: 'ü' } }] });
      await expect(aws(scan, { AWS_SECRET_ACCESS_KEY: 'wrong' })).rejects.toThrow(
        /InvalidSignatureException/,
      );
    },
  );
});
