import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';

/**
 * An ARN or a name. Its form is checked in `arns.ts`, because Step Functions has separate error codes for an invalid
 * one.
 */
export const text = z.string().max(1_000_000);

export const includedData = z.enum(['ALL_DATA', 'METADATA_ONLY']).default('ALL_DATA');

/** Maximum number of items on a page: 1 to 1,000. 0 or no value means 100. */
export const maxResults = z
  .number()
  .int()
  .min(0)
  .max(1_000)
  .default(0)
  .transform((count) => count || 100);

export const pageMembers = { maxResults, nextToken: z.string().min(1).optional() };

/** Members of state machines that have no effect in a local AWS. */
export const harmlessMachineMembers = {
  loggingConfiguration: harmless(
    z.looseObject({}),
    'the execution history contains everything that the logs would',
  ),
  tracingConfiguration: harmless(z.looseObject({}), 'there is no X-Ray to send traces to'),
  encryptionConfiguration: harmless(z.looseObject({}), 'nothing is encrypted here'),
};

export function invalidToken(token: string): AwsError {
  return new AwsError('InvalidToken', `Invalid Token: '${token}'`);
}
