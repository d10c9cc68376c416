import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';

/**
 * Members of several operations of CloudWatch Logs.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
 */

export const logGroupName = z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/);
export const logStreamName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^:*]*$/);
/** A group's name or ARN. */
export const groupIdentifier = z.string().min(1).max(2048);
/** Members that name a group. A request has exactly one of them. */
export const namedGroup = {
  logGroupName: logGroupName.optional(),
  logGroupIdentifier: groupIdentifier.optional(),
};
export const groupArn = z.string().min(1).max(1011);
export const kmsKeyId = z.string().min(1).max(256);
/** Milliseconds since the epoch. */
export const time = z.number().min(0);
export const nextToken = z.string().min(1).optional();

/** Schema of the number of items on a page. The maximum is also the default. */
export function pageLimit(most: number) {
  return z.number().int().min(1).max(most).default(most);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function invalidToken(): AwsError {
  return invalidParameter('The specified nextToken is invalid.');
}
