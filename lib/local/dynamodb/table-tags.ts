import { z } from 'zod';

import type { Tables } from '../ports.js';
import type { JsonObject } from '../resources/resource-provider.js';
import { templateTags } from '../resources/template-tags.js';
import { checkInput } from '../wire/operation.js';

/**
 * Schema of the tags of a table in a template.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Tag.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
 */
const tags = templateTags({ key: z.string().min(1).max(128), value: z.string().max(256), most: 50 });

type Tag = z.output<typeof tags>[number];

/** Reads the tags of a table in a template. @throws AwsError `ValidationException` */
export function readTags({ Tags }: JsonObject): Tag[] {
  return checkInput('AWS::DynamoDB::Table', 'ValidationException', z.object({ Tags: tags }), { Tags }).Tags;
}

/** Gives a table the tags of a template, and removes its other tags. */
export async function setTags(tables: Tables, ResourceArn: string, properties: JsonObject): Promise<void> {
  const wanted = readTags(properties);
  const { Tags: existing } = await tables.call('ListTagsOfResource', { ResourceArn });
  const keys = new Set(wanted.map(({ Key }) => Key));
  const removed = (existing as readonly Tag[]).map(({ Key }) => Key).filter((key) => !keys.has(key));
  // TagResource and UntagResource refuse an empty list.
  if (removed.length > 0) await tables.call('UntagResource', { ResourceArn, TagKeys: removed });
  if (wanted.length > 0) await tables.call('TagResource', { ResourceArn, Tags: wanted });
}
