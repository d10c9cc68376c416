import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';
import { harmless } from '../wire/operation.js';
import { page, type Page } from '../wire/page.js';
import { listOf } from '../wire/text-members.js';

const PAGE_SIZE = 100;

export const stackName = z.string().min(1);
/** A name or an ARN. */
export const changeSetName = z.string().min(1);
export const nextToken = z.string().min(1).optional();
/** A switch of an unsupported feature. Only `false` is accepted, which is the default and has no effect. */
export const onlyFalse = z.literal('false').optional();

export const templateMembers = {
  TemplateBody: z.string().min(1).optional(),
  TemplateURL: z.string().min(1).optional(),
};

/** Members of the requests that apply a template. */
export const stackRequestMembers = {
  StackName: stackName,
  ...templateMembers,
  Parameters: listOf(
    z.object({
      ParameterKey: z.string().default(''),
      ParameterValue: z.string().default(''),
      UsePreviousValue: z.enum(['true', 'false']).default('false'),
    }),
  ).default([]),
  Tags: listOf(z.object({ Key: z.string().default(''), Value: z.string().default('') })).default([]),
  Capabilities: harmless(listOf(z.string()), 'permissions are not enforced'),
  RoleARN: harmless(z.string(), 'permissions are not enforced'),
  ClientRequestToken: harmless(
    z.string(),
    'a request that is repeated finds the stack as the first one left it',
  ),
  DeploymentConfig: harmless(z.unknown(), 'resources are always deployed in the same way'),
};

/** Returns a page of a list whose items have unique keys. */
export function pageOf<Item>(
  list: readonly Item[],
  key: (item: Item) => string,
  token: string | undefined,
): Page<Item> {
  const invalidToken = () => validationError('NextToken is not a token of a former page');
  return page(list, key, { order: 'other', token, limit: PAGE_SIZE, invalidToken });
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
