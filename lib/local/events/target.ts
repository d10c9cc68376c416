import { z } from 'zod';

import { harmless } from '../wire/operation.js';
import { parseJsonPath } from './json-path.js';
import { name } from './members.js';

/**
 * ARNs of the services that can be targets. The ARN of a resource that is not deployed yet has `preview` as its
 * service.
 */
const TARGET_SERVICES = /^arn:[^:]+:(lambda|states|sqs|logs|events|preview):/;

const path = z
  .string()
  .refine(
    (text) => parseJsonPath(text) !== undefined,
    'Paths of InputPath and InputPathsMap may contain only member names and indexes, such as $.detail.id or $.resources[0].',
  );

const targetMembers = z.strictObject({
  Id: name,
  Arn: z
    .string()
    .regex(
      TARGET_SERVICES,
      'The local AWS delivers to functions, state machines, queues, log groups and event buses only.',
    ),
  RoleArn: harmless(z.string(), 'permissions are not checked'),
  Input: z
    .string()
    .max(8192)
    .refine(isJson, 'Parameter Input is not valid. Reason: JSON syntax error.')
    .optional(),
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
export type Target = z.output<typeof targetMembers>;

/** A target of a rule, with the names of the API and of templates. */
export const targetSchema = targetMembers.superRefine((target, context) => {
  const { Input, InputPath, InputTransformer, Id } = target;
  if ([Input, InputPath, InputTransformer].filter((input) => input !== undefined).length > 1) {
    context.addIssue(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  const { InputPathsMap = {}, InputTemplate = '' } = InputTransformer ?? {};
  for (const [, variable = ''] of InputTemplate.matchAll(/<([^<>\s]+)>/g)) {
    if (!Object.hasOwn(InputPathsMap, variable) && !variable.startsWith('aws.events.')) {
      context.addIssue(
        `InvalidInputTemplate for target ${Id} : Variable ${variable} is not in InputPathsMap.`,
      );
    }
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
