import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { attributesDigest, bodyDigest, type MessageAttributes } from './message-digest.js';
import { parseQueueInput } from './queue-operations.js';
import type { QueueStore } from './queue-store.js';
import { keyOfReceipt, type ReceivedMessage, receiveMessages } from './receive-messages.js';

const names = z.array(z.string()).default([]);
const schemas = {
  send: z.strictObject({
    QueueUrl: z.string(),
    MessageBody: z.string().min(1),
    DelaySeconds: z.number().int().min(0).max(900).optional(),
    MessageAttributes: z
      .record(
        z.string(),
        z.strictObject({
          DataType: z.string(),
          StringValue: z.string().optional(),
          BinaryValue: z.string().optional(),
        }),
      )
      .default({}),
  }),
  receive: z.strictObject({
    QueueUrl: z.string(),
    MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
    VisibilityTimeout: z.number().int().min(0).max(43_200).optional(),
    WaitTimeSeconds: z.number().int().min(0).max(20).optional(),
    AttributeNames: names,
    MessageSystemAttributeNames: names,
    MessageAttributeNames: names,
  }),
  receipt: z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
  visibility: z.strictObject({
    QueueUrl: z.string(),
    ReceiptHandle: z.string(),
    VisibilityTimeout: z.number().int().min(0).max(43_200),
  }),
};

/** The operations on messages. */
export function messageOperations(
  context: PlaceContext,
  store: QueueStore,
  closing: AbortSignal,
): Record<string, JsonOperation> {
  return {
    SendMessage: async (input: unknown) => {
      const { QueueUrl, MessageBody, MessageAttributes, DelaySeconds } = parseQueueInput(schemas.send, input);
      const MessageId = await sendMessage(store, QueueUrl, MessageBody, MessageAttributes, DelaySeconds);
      const digest = attributesDigest(MessageAttributes);
      return {
        MessageId,
        MD5OfMessageBody: bodyDigest(MessageBody),
        ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
      };
    },
    ReceiveMessage: async (input: unknown) => {
      const asked = parseQueueInput(schemas.receive, input);
      const queue = await store.find(asked.QueueUrl);
      const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds } = queue.attributes;
      const options = {
        max: asked.MaxNumberOfMessages,
        visibilitySeconds: asked.VisibilityTimeout ?? Number(VisibilityTimeout),
        waitSeconds: asked.WaitTimeSeconds ?? Number(ReceiveMessageWaitTimeSeconds),
      };
      const received = await receiveMessages(context, store, queue, options, closing);
      if (received.length === 0) return {};
      return { Messages: received.map((message) => describe(context, message, asked)) };
    },
    DeleteMessage: async (input: unknown) => {
      const { QueueUrl, ReceiptHandle } = parseQueueInput(schemas.receipt, input);
      await store.removeMessage(await messageKey(store, QueueUrl, ReceiptHandle));
      return {};
    },
    ChangeMessageVisibility: async (input: unknown) => {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout } = parseQueueInput(schemas.visibility, input);
      const key = await messageKey(store, QueueUrl, ReceiptHandle);
      const message = await store.getMessage(key);
      if (message === undefined || message.visibleAtMs <= context.clock.now()) {
        throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
      }
      await store.putMessage(key, {
        ...message,
        visibleAtMs: context.clock.now() + VisibilityTimeout * 1000,
      });
      return {};
    },
  };
}

/** @throws AwsError `QueueDoesNotExist`, `InvalidParameterValue` */
export async function sendMessage(
  store: QueueStore,
  queue: string,
  body: string,
  attributes: MessageAttributes,
  delaySeconds?: number,
): Promise<string> {
  const found = await store.find(queue);
  const max = Number(found.attributes['MaximumMessageSize']);
  if (Buffer.byteLength(body) > max) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${max} bytes.`,
    );
  }
  return store.add(found, body, attributes, delaySeconds ?? Number(found.attributes['DelaySeconds']));
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
  asked: z.output<typeof schemas.receive>,
): object {
  const system = {
    SenderId: context.credentials.accessKeyId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
  };
  const wanted = [...asked.AttributeNames, ...asked.MessageSystemAttributeNames];
  const attributes = pick(system, (name) => wanted.includes('All') || wanted.includes(name));
  const own = pick(message.attributes, (name) =>
    asked.MessageAttributeNames.some(
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
    ...(Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
    ...(digest === undefined ? {} : { MessageAttributes: own, MD5OfMessageAttributes: digest }),
  };
}

function pick<T>(from: Readonly<Record<string, T>>, wanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => wanted(name)));
}
