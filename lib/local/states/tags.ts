import { z } from 'zod';

import type { JsonObject } from '../resources/resource-provider.js';
import { templateText } from '../resources/template-text.js';
import { AwsError } from '../wire/aws-error.js';
import { checkInput } from '../wire/operation.js';

/** A tag of a state machine. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * Maximum number of tags of a state machine.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#sfn-limits-tagging
 */
const TAGS_MAX = 50;

/** Keys and values of tags have letters, digits, white space and some symbols, and do not start with `aws:`. */
const TAG_TEXT = /^(?!aws:)[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/iu;
const key = z.string().min(1).max(128).regex(TAG_TEXT);
const value = z.string().max(256).regex(TAG_TEXT);

/** Schema of the tags in a request. {@link checkTags} checks the list as a whole. */
export const tags = z.array(z.strictObject({ key, value })).default([]);

const templateTags = z.object({
  Tags: z.array(z.strictObject({ Key: key, Value: templateText.pipe(value) })).default([]),
});

/**
 * Reads the tags of a state machine in a template.
 * @param type names the resource type in messages
 * @throws AwsError `ValidationException`, `TooManyTags`
 */
export function readTemplateTags(type: string, { Tags }: JsonObject): Tag[] {
  const read = checkInput(type, 'ValidationException', templateTags, { Tags });
  return checkTags(read.Tags.map((tag) => ({ key: tag.Key, value: tag.Value })));
}

/** Checks the number of tags, and that their keys differ. @throws AwsError `ValidationException`, `TooManyTags` */
export function checkTags(list: Tag[]): Tag[] {
  if (list.length > TAGS_MAX) {
    throw new AwsError(
      'TooManyTags',
      `${list.length} tags are given. A state machine has at most ${TAGS_MAX}.`,
    );
  }
  const keys = list.map((tag) => tag.key);
  const repeated = keys.find((each, index) => keys.indexOf(each) < index);
  if (repeated === undefined) return list;
  throw new AwsError('ValidationException', `Two tags have the key '${repeated}'. Leave one of them out.`);
}
