import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { placeEnvironment } from '../../../lib/local/place-context.js';
import { createSqs } from '../../../lib/local/sqs/sqs.js';
import type { WireRequest } from '../../../lib/local/wire/wire-service.js';
import { withBoto3 } from '../../installed-tools.js';
import { openTestSqs, type TestSqs } from './test-sqs.js';

let test: TestSqs;
let context: TestSqs['context'];
let sqs: TestSqs['sqs'];
let client: TestSqs['client'];

beforeEach(async () => {
  test = await openTestSqs();
  ({ context, sqs, client } = test);
});
afterEach(() => test.close());

const newQueue = async (name: string, Attributes?: Record<string, string>) => {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: name, ...(Attributes === undefined ? {} : { Attributes }) }),
  );
  return QueueUrl ?? '';
};
const receive = async (QueueUrl: string, more: object = {}) =>
  (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more }))).Messages ??
  [];

/** Returns the response to an operation as it is sent over HTTP. */
async function answerOf(name: string, input: object): Promise<WireAnswer> {
  const error: unknown = await sqs.service
    .handle({
      requestId: 'id',
      headers: { 'x-amz-target': `AmazonSQS.${name}` },
      readBody: async () => Buffer.from(JSON.stringify(input)),
    } as unknown as WireRequest)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  const { status, headers, body } = sqs.service.describeError(error, { requestId: 'id', method: 'POST' });
  return { status, headers: headers as WireAnswer['headers'], body: body as string };
}

interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('Errors of SQS', () => {
  it.each([
    [
      'GetQueueUrl',
      { QueueName: 'none' },
      'QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
    ],
    [
      'CreateQueue',
      { QueueName: 'q', Attributes: { DelaySeconds: '1' } },
      'QueueNameExists',
      'QueueAlreadyExists;Sender',
    ],
    [
      'CreateQueue',
      { QueueName: 'other', Attributes: { DelaySeconds: 'x' } },
      'InvalidAttributeValue',
      'InvalidAttributeValue;Sender',
    ],
  ])('An error of %s has the codes of both protocols', async (name, input, code, queryError) => {
    await newQueue('q');
    const { status, headers, body } = await answerOf(name, input);
    expect([status, headers['x-amzn-query-error']]).toEqual([400, queryError]);
    expect(JSON.parse(body)).toMatchObject({ __type: code });
  });

  it("The SDK's client has the name of the JSON protocol", async () => {
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toBeInstanceOf(
      QueueDoesNotExist,
    );
  });

  withBoto3('`boto3` has the code of the Query protocol', async () => {
    const script = [
      'import boto3',
      'from botocore.exceptions import ClientError',
      "sqs = boto3.client('sqs')",
      'try:',
      "    sqs.get_queue_url(QueueName='none')",
      'except sqs.exceptions.QueueDoesNotExist as error:',
      "    print(error.response['Error']['Code'])",
    ].join('\n');
    const { PATH } = process.env;
    const { stdout } = await promisify(execFile)('python3', ['-c', script], {
      env: { PATH, ...placeEnvironment(context) },
    });
    expect(stdout).toBe('AWS.SimpleQueueService.NonExistentQueue\n');
  });
});

describe('A queue', () => {
  it('A queue returns a message with its attributes until it is deleted', async () => {
    const QueueUrl = await newQueue('q');
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'hello',
        MessageAttributes: {
          colour: { DataType: 'String', StringValue: 'red' },
          bytes: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
        },
      }),
    );
    const [message, ...others] = await receive(QueueUrl, {
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      VisibilityTimeout: 0,
    });
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      Body: 'hello',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { colour: { DataType: 'String', StringValue: 'red' } },
    });
    expect(await receive(QueueUrl, { VisibilityTimeout: 0 })).toHaveLength(1);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('A queue delivers each message to one of several receivers, in the order of sending', async () => {
    const QueueUrl = await newQueue('q');
    for (let i = 0; i < 20; i++) await sqs.send(QueueUrl, String(i));
    const parts = await Promise.all([1, 2, 3, 4].map(() => receive(QueueUrl)));
    expect(parts.flat().map(({ Body }) => Body)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:q',
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '20',
    });
  });

  it('A queue answers a waiting receiver when a message arrives', async () => {
    const QueueUrl = await newQueue('q');
    const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await sqs.send('arn:aws:sqs:eu-central-1:123456789012:q', 'late', { WHY: 'test' });
    expect(await waiting).toMatchObject([{ Body: 'late' }]);
  });

  it('A queue moves a message to its dead-letter queue after too many receives', async () => {
    const dead = await newQueue('dead');
    const QueueUrl = await newQueue('q', {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:123456789012:dead',
        maxReceiveCount: 1,
      }),
    });
    await sqs.send(QueueUrl, 'poison');
    const all = { MessageSystemAttributeNames: ['All' as const], VisibilityTimeout: 0 };
    const [received] = await receive(QueueUrl, all);
    expect(received?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(await receive(QueueUrl, all)).toEqual([]);
    const inDead = (count: string) => ({
      Body: 'poison',
      MessageId: received?.MessageId,
      Attributes: {
        ApproximateReceiveCount: count,
        SentTimestamp: received?.Attributes?.SentTimestamp,
      },
    });
    expect(await receive(dead, all)).toMatchObject([inDead('1')]);
    expect(await receive(dead, all)).toMatchObject([inDead('2')]);
    expect(await receive(QueueUrl, all)).toEqual([]);
  });

  it('A queue keeps its messages after a restart', async () => {
    const QueueUrl = await newQueue('q');
    await sqs.send(QueueUrl, 'kept');
    const again = await createSqs(context);
    expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toEqual([QueueUrl]);
    await again.send('q', 'more');
    expect((await receive(QueueUrl)).map(({ Body }) => Body)).toEqual(['kept', 'more']);
    await again.close();
  });

  it('A queue is empty after a purge', async () => {
    const QueueUrl = await newQueue('q');
    await sqs.send(QueueUrl, 'x');
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('A queue is refused when it does not exist, is a FIFO queue or differs from an existing one', async () => {
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'gone' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    await expect(newQueue('q', { FifoQueue: 'true' })).rejects.toMatchObject({
      name: 'InvalidAttributeName',
    });
    await newQueue('q');
    await expect(newQueue('q', { DelaySeconds: '5' })).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  it("A queue of a template has CloudFormation's physical id and attributes", async () => {
    const provider = sqs.resourceProviders.find(({ type }) => type === 'AWS::SQS::Queue');
    const made = await provider?.create({
      stackName: 's',
      logicalId: 'Dead',
      properties: { QueueName: 'dead', MessageRetentionPeriod: 1209600 },
    });
    expect(made).toEqual({
      physicalId: `${context.endpoint()}/123456789012/dead`,
      attributes: expect.objectContaining({ Arn: 'arn:aws:sqs:eu-central-1:123456789012:dead' }),
    });
  });
});
