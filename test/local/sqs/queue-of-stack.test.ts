import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { createStackApplier } from '../../../lib/local/template/stack-applier.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { openTestSqs, type TestSqs } from './test-sqs.js';

let test: TestSqs;
beforeEach(async () => {
  test = await openTestSqs();
});
afterEach(() => test.close());

it('A queue of a stack keeps its messages when the stack is updated on another port', async () => {
  const { context, sqs, client } = test;
  const applier = await createStackApplier(context, providerRegistry(sqs.resourceProviders));
  const deploy = (VisibilityTimeout: number) =>
    applier.apply({
      stackName: 'demo',
      templateText: JSON.stringify({
        Resources: {
          Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeout } },
        },
      }),
    });
  await deploy(30);
  const endpoint = context.endpoint();
  const QueueUrl = `${endpoint}/123456789012/q`;
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
  context.setEndpoint('http://127.0.0.1:9');

  await expect(deploy(60)).resolves.toMatchObject({ status: 'UPDATE_COMPLETE' });
  context.setEndpoint(endpoint);
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages.map(({ Body }) => Body)).toEqual(['kept']);
});
