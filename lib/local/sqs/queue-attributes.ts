import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';

const wholeText = (from: number, to: number) =>
  z.string().refine((text) => /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to, {
    error: `must be a whole number from ${from} to ${to}`,
  });

/** The supported attributes of a queue. Other attributes, such as those of FIFO queues, are refused. */
const schema = z.strictObject({
  DelaySeconds: wholeText(0, 900).default('0'),
  MaximumMessageSize: wholeText(1024, 1_048_576).default('1048576'),
  MessageRetentionPeriod: wholeText(60, 1_209_600).default('345600'),
  ReceiveMessageWaitTimeSeconds: wholeText(0, 20).default('0'),
  VisibilityTimeout: wholeText(0, 43_200).default('30'),
  RedrivePolicy: z
    .string()
    .refine((text) => redrivePolicy(text) !== undefined, 'is not a redrive policy')
    .optional(),
  // These attributes are stored but have no effect: nothing is encrypted, and permissions are not enforced.
  Policy: z.string().optional(),
  RedriveAllowPolicy: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: z.string().optional(),
  SqsManagedSseEnabled: z.string().optional(),
});

/**
 * Checks the attributes of a queue and adds defaults.
 * @throws AwsError `InvalidAttributeName`, `InvalidAttributeValue`
 */
export function parseQueueAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(attributes).find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined) {
    throw new AwsError(
      'InvalidAttributeName',
      `Unknown Attribute ${unknown}. The local AWS has standard queues only.`,
    );
  }
  const parsed = schema.safeParse(attributes);
  if (!parsed.success) throw new AwsError('InvalidAttributeValue', z.prettifyError(parsed.error));
  return Object.fromEntries(
    Object.entries(parsed.data).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const redriveSchema = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

/**
 * Parses a redrive policy: the dead-letter queue, and the number of receives after which a message is moved to it.
 */
export function redrivePolicy(text: string | undefined): z.output<typeof redriveSchema> | undefined {
  if (text === undefined) return undefined;
  try {
    return redriveSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
