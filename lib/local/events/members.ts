import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';

export const NOT_CHECKED = 'Permissions are not checked: all requests come from the owner of the local AWS.';
export const NOT_ENCRYPTED = 'nothing is encrypted here, so no encryption can fail';

export const tags = harmless(
  z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
  'tags of buses and rules are for people and bills',
);

export const pageMembers = {
  Limit: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().min(1).optional(),
};

export function invalidToken(): AwsError {
  return new AwsError('ValidationException', 'NextToken is not valid.');
}
