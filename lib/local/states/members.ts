import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';

/** ARNs and names are checked by `arns.ts`, because Step Functions has error codes of their own for them. */
export const text = z.string().max(1_000_000);

export const includedData = z.enum(['ALL_DATA', 'METADATA_ONLY']).default('ALL_DATA');

/** Items per page: 1 to 1,000, and 100 when 0 or absent. */
export const maxResults = z
  .number()
  .int()
  .min(0)
  .max(1_000)
  .default(0)
  .transform((count) => count || 100);

export const pageMembers = { maxResults, nextToken: z.string().min(1).optional() };

/** Members of state machines that have no effect on a local AWS. */
export const harmlessMachineMembers = {
  loggingConfiguration: harmless(z.looseObject({}), 'the execution history has all that logs repeat'),
  tracingConfiguration: harmless(z.looseObject({}), 'there is no X-Ray to send traces to'),
  encryptionConfiguration: harmless(z.looseObject({}), 'nothing is encrypted here'),
  tags: harmless(z.array(z.looseObject({})), 'tags are for people and bills'),
};

export function invalidToken(token: string): AwsError {
  return new AwsError('InvalidToken', `Invalid Token: '${token}'`);
}
