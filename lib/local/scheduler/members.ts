import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';
import { wholeNumberText } from '../wire/text-members.js';

export const name = z.string().regex(/^[0-9a-zA-Z\-_.]{1,64}$/);
export const clientToken = z
  .string()
  .regex(/^[a-zA-Z0-9\-_]{1,64}$/)
  .optional();
export const notRepeated = harmless(
  z.string(),
  'a request that is repeated finds what it changed, or that it is gone',
);

export const pageMembers = {
  MaxResults: wholeNumberText.pipe(z.number().min(1).max(100)).default(100),
  NextToken: z.string().min(1).max(2048).optional(),
};

const target = z.strictObject({
  Arn: z.string().min(1).max(1600),
  RoleArn: z
    .string()
    .max(1600)
    .regex(/^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  Input: z.string().min(1).optional(),
  RetryPolicy: z
    .strictObject({
      MaximumEventAgeInSeconds: z.number().int().min(60).max(86_400).optional(),
      MaximumRetryAttempts: z.number().int().min(0).max(185).optional(),
    })
    .optional(),
  DeadLetterConfig: z
    .strictObject({
      Arn: z
        .string()
        .regex(/^arn:aws(-[a-z]+)*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/)
        .optional(),
    })
    .optional(),
});

/** Members of CreateSchedule and UpdateSchedule. Dates are seconds since the epoch. */
export const scheduleMembers = {
  Name: name,
  GroupName: name.default('default'),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  Description: z.string().max(512).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  KmsKeyArn: z.string().min(1).max(2048).optional(),
  Target: target,
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.number().int().min(1).max(1440).optional(),
  }),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  ClientToken: clientToken,
};

export const tags = z
  .array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().min(1).max(256) }))
  .max(200);

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export const invalidToken = () => invalid('Invalid NextToken.');

export function secondsOf(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : timeMs / 1000;
}
