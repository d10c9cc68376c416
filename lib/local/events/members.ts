import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import type { InputOf } from '../wire/operation.js';
import { page, type Page } from '../wire/page.js';

export const NOT_CHECKED = 'Permissions are not checked: all requests come from the owner of the local AWS.';
export const NOT_ENCRYPTED = 'nothing is encrypted here, so no encryption can fail';

/** Names of rules and ids of targets. */
export const name = z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/);

export const tags = z
  .array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))
  .max(50)
  .default([]);
export type Tags = z.output<typeof tags>;

export const pageMembers = {
  Limit: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().min(1).optional(),
};

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** Returns the requested page of a list. */
export function pageOf<Item>(
  list: readonly Item[],
  key: (item: Item) => string,
  { Limit: limit, NextToken: token }: InputOf<typeof pageMembers>,
): Page<Item> {
  return page(list, key, { limit, token, invalidToken: () => invalid('NextToken is not valid.') });
}
