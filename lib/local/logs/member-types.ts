import { z } from 'zod';

import type { MemberTypes } from '../wire/member-types.js';

const text = z.string();
const texts = z.array(text);

/** Members of the inputs of CloudWatch Logs. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export const LOGS_MEMBERS: MemberTypes = {
  logGroupName: text,
  logGroupIdentifier: text,
  logGroupNamePrefix: text,
  logGroupNamePattern: text,
  logStreamName: text,
  logStreamNamePrefix: text,
  logStreamNames: texts,
  logEvents: z.array(z.looseObject({ timestamp: z.number(), message: text })),
  filterPattern: text,
  nextToken: text,
  sequenceToken: text,
  orderBy: text,
  descending: z.boolean(),
  startFromHead: z.boolean(),
  interleaved: z.boolean(),
  startTime: z.number(),
  endTime: z.number(),
  limit: z.number(),
  retentionInDays: z.number(),
  kmsKeyId: text,
  resourceArn: text,
  resourceIdentifier: text,
  tags: z.record(text, text),
  tagKeys: texts,
};
