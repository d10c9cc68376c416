import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { parseJsonPath } from './json-path.js';

/** Services that the place delivers events to; `preview` stands for any before a stack is deployed. */
const TARGET_SERVICES = /^arn:[^:]+:(lambda|states|sqs|logs|events|preview):/;

const path = z
  .string()
  .refine((text) => parseJsonPath(text) !== undefined, 'is no path of names and indexes');

/** A rule's target, as the API and the template write it. */
export const targetSchema = z.strictObject({
  Id: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/),
  Arn: z
    .string()
    .regex(
      TARGET_SERVICES,
      'the local place delivers to functions, state machines, queues, log groups and event buses',
    ),
  /** Who may deliver is not checked. */
  RoleArn: z.string().optional(),
  Input: z.string().max(8192).refine(isJson, 'JSON syntax error in input').optional(),
  InputPath: path.optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string().regex(/^[A-Za-z0-9_-]+$/), path).optional(),
      InputTemplate: z.string().min(1).max(8192),
    })
    .optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
});
export type Target = z.output<typeof targetSchema>;

/** @throws AwsError `ValidationException` naming what is wrong or not modelled */
export function parseTarget(value: unknown): Target {
  const parsed = targetSchema.safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const { Input, InputPath, InputTransformer, Id } = parsed.data;
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  const { InputPathsMap = {}, InputTemplate = '' } = InputTransformer ?? {};
  for (const [, name = ''] of InputTemplate.matchAll(/<([^<>\s]+)>/g)) {
    if (!Object.hasOwn(InputPathsMap, name) && !name.startsWith('aws.events.')) {
      throw invalid(`InvalidInputTemplate for target ${Id} : Variable ${name} is not in InputPathsMap.`);
    }
  }
  return parsed.data;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
