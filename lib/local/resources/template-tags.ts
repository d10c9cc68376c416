import { z } from 'zod';

import { templateText } from './template-text.js';

/** Constraints of a service on tags. */
export interface TagConstraints {
  readonly key: z.ZodType<string, string>;
  readonly value: z.ZodType<string, string>;
  /** Maximum number of tags. */
  readonly most: number;
}

/** Returns the schema of the property `Tags` of a template: a list in which each key occurs once. */
export function templateTags({ key, value, most }: TagConstraints) {
  return z
    .array(z.strictObject({ Key: templateText.pipe(key), Value: templateText.pipe(value) }))
    .max(most)
    .refine((tags) => new Set(tags.map(({ Key }) => Key)).size === tags.length, 'two tags have the same key')
    .default([]);
}
