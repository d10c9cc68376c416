import { z } from 'zod';

import type { JsonObject } from '../resources/resource-provider.js';
import { templateTags } from '../resources/template-tags.js';
import { checkInput } from '../wire/operation.js';

/** A tag of a domain or a repository. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * Schema of the tags in a template. Keys and values contain no control characters.
 * @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Tag.html
 * @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_TagResource.html
 */
const tags = templateTags({
  key: z
    .string()
    .max(128)
    .regex(/^\P{C}+$/u),
  value: z
    .string()
    .max(256)
    .regex(/^\P{C}*$/u),
  most: 200,
});

/**
 * Reads the tags of a domain or a repository in a template.
 * @param type names the resource type in messages
 * @throws AwsError `ValidationException`
 */
export function readTags(type: string, { Tags }: JsonObject): Tag[] {
  const read = checkInput(type, 'ValidationException', z.object({ Tags: tags }), { Tags });
  return read.Tags.map((tag) => ({ key: tag.Key, value: tag.Value }));
}
