import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import type { JsonObject } from '../resources/resource-provider.js';
import { templateText } from '../resources/template-text.js';
import { AwsError } from '../wire/aws-error.js';
import { checkInput } from '../wire/operation.js';
import type { StoredQueue } from './queue-store.js';

/** Schema of the tags of a queue, by key. */
export const queueTags = z
  .record(z.string(), z.string().max(256))
  .refine(
    (tags) => Object.keys(tags).every((key) => key.length >= 1 && key.length <= 128),
    'Tag keys must be between 1 and 128 characters in length.',
  );

/** Schema of the property `Tags` of a template, which is a list. */
const templateTags = z
  .array(z.strictObject({ Key: templateText, Value: templateText }))
  .refine((tags) => new Set(tags.map(({ Key }) => Key)).size === tags.length, 'two tags have the same key')
  .transform((tags) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])))
  .pipe(queueTags)
  .default({});

/** Returns the tags of a queue in a template. @throws AwsError `InvalidParameterValue` */
export function readTags({ Tags }: JsonObject): Record<string, string> {
  const properties = z.object({ Tags: templateTags });
  return checkInput('AWS::SQS::Queue', 'InvalidParameterValue', properties, { Tags }).Tags;
}

/**
 * Refuses to create a queue that exists with other tags. A request without tags is accepted. The API reference does
 * not mention this error, which users of SQS report.
 * @see https://github.com/Bogdanp/dramatiq_sqs/pull/13
 */
export function refuseOtherTags(
  { name, tags: existing }: StoredQueue,
  tags: Readonly<Record<string, string>>,
): void {
  // The tags of a queue that an earlier version created are not known.
  if (existing === undefined || Object.keys(tags).length === 0 || isDeepStrictEqual(existing, tags)) return;
  throw new AwsError('QueueNameExists', `A queue already exists with the name ${name} and different tags`);
}
