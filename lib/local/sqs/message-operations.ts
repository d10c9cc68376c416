import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { operation, type InputOf } from '../wire/operation.js';
import { attributesDigest, bodyDigest, type MessageAttributes } from './message-digest.js';
import type { QueueStore } from './queue-store.js';
import { keyOfReceipt, type MessageReceiver, type ReceivedMessage } from './receive-messages.js';

const names = z.array(z.string()).default([]);
const messageAttributes = z.record(
  z.string(),
  z.strictObject({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.string().optional(),
  }),
);
const visibilityTimeout = z.number().int().min(0).max(43_200);
const receipt = { QueueUrl: z.string(), ReceiptHandle: z.string() };
const receiveMembers = {
  QueueUrl: z.string(),
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: visibilityTimeout.optional(),
  WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
};

/** Returns the operations on messages. */
export function messageOperations(context: PlaceContext, store: QueueStore, receiver: MessageReceiver) {
  return {
    SendMessage: operation(
      {
        QueueUrl: z.string(),
        MessageBody: z.string().min(1),
        DelaySeconds: z.number().int().min(0).max(900).optional(),
        MessageAttributes: messageAttributes.default({}),
      },
      async ({ QueueUrl, MessageBody, MessageAttributes, DelaySeconds }) => ({
        MessageId: await sendMessage(store, QueueUrl, MessageBody, MessageAttributes, DelaySeconds),
        MD5OfMessageBody: bodyDigest(MessageBody),
        MD5OfMessageAttributes: attributesDigest(MessageAttributes),
      }),
    ),
    ReceiveMessage: operation(receiveMembers, async (input) => {
      const { name, attributes } = await store.find(input.QueueUrl);
      const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds } = attributes;
      const received = await receiver.receive(name, {
        max: input.MaxNumberOfMessages,
        visibilitySeconds: input.VisibilityTimeout ?? Number(VisibilityTimeout),
        waitSeconds: input.WaitTimeSeconds ?? Number(ReceiveMessageWaitTimeSeconds),
      });
      if (received.length === 0) return {};
      return { Messages: received.map((message) => describe(context, message, input)) };
    }),
    DeleteMessage: operation(receipt, ({ QueueUrl, ReceiptHandle }) =>
      store.change(async () => store.removeMessage(await messageKey(store, QueueUrl, ReceiptHandle))),
    ),
    ChangeMessageVisibility: operation(
      { ...receipt, VisibilityTimeout: visibilityTimeout },
      ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) =>
        store.change(async () => {
          const key = await messageKey(store, QueueUrl, ReceiptHandle);
          const message = await store.getMessage(key);
          const now = context.clock.now();
          if (message === undefined || message.visibleAtMs <= now) {
            throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
          }
          await store.putMessage(key, { ...message, visibleAtMs: now + VisibilityTimeout * 1000 });
        }),
    ),
  };
}

/** Sends a message to a queue. @throws AwsError `QueueDoesNotExist`, `InvalidParameterValue` */
export function sendMessage(
  store: QueueStore,
  queue: string,
  body: string,
  attributes: MessageAttributes,
  delaySeconds?: number,
): Promise<string> {
  return store.change(async () => {
    const found = await store.find(queue);
    const max = Number(found.attributes['MaximumMessageSize']);
    if (Buffer.byteLength(body) > max) {
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${max} bytes.`,
      );
    }
    return store.add(found, body, attributes, delaySeconds ?? Number(found.attributes['DelaySeconds']));
  });
}

async function messageKey(store: QueueStore, queueUrl: string, handle: string): Promise<string> {
  const { name } = await store.find(queueUrl);
  const key = keyOfReceipt(handle);
  if (key?.startsWith(`${name}/`) === true) return key;
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  );
}

function describe(
  context: PlaceContext,
  message: ReceivedMessage,
  input: InputOf<typeof receiveMembers>,
): object {
  const system = {
    SenderId: context.credentials.accessKeyId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
  };
  const wanted = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
  const attributes = pick(system, (name) => wanted.includes('All') || wanted.includes(name));
  const own = pick(message.attributes, (name) =>
    input.MessageAttributeNames.some(
      (pattern) =>
        pattern === 'All' ||
        pattern === name ||
        (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
    ),
  );
  const digest = attributesDigest(own);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: bodyDigest(message.body),
    Attributes: Object.keys(attributes).length === 0 ? undefined : attributes,
    MessageAttributes: digest === undefined ? undefined : own,
    MD5OfMessageAttributes: digest,
  };
}

function pick<T>(from: Readonly<Record<string, T>>, wanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)));
}
