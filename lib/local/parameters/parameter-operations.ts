import { z } from 'zod';

import { arnOf, type PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation, type InputOf } from '../wire/operation.js';
import { page } from '../wire/page.js';
import type { ParameterStore, StoredParameter } from './parameter-store.js';

const name = z.string().regex(/^[A-Za-z0-9_.\-/:]{1,2048}$/);
const decrypt = z.boolean().default(false);
const putMembers = {
  Name: z.string().regex(/^[A-Za-z0-9_.\-/]{1,1011}$/),
  Value: z.string().min(1).max(8192),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Description: z.string().optional(),
  Overwrite: z.boolean().default(false),
  KeyId: harmless(z.string(), 'nothing is encrypted at rest'),
  Tier: harmless(z.string(), 'all tiers behave as Standard'),
  DataType: z.literal('text').optional(),
  Tags: harmless(z.array(z.object({ Key: z.string(), Value: z.string() })), 'no operation reads tags'),
};

/**
 * Returns the operations of Parameter Store.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html
 */
export function parameterOperations(context: PlaceContext, store: ParameterStore) {
  const describe = (parameter: StoredParameter, isDecrypted: boolean) =>
    describeParameter(context, parameter, isDecrypted);
  return {
    PutParameter: operation(putMembers, (input) => putParameter(context, store, input)),
    GetParameter: operation({ Name: name, WithDecryption: decrypt }, async ({ Name, WithDecryption }) => ({
      Parameter: describe(await store.find(Name), WithDecryption),
    })),
    GetParameters: operation(
      { Names: z.array(name).min(1).max(10), WithDecryption: decrypt },
      async ({ Names, WithDecryption }) => {
        const found = await Promise.all(Names.map((wanted) => store.find(wanted).catch(() => undefined)));
        return {
          Parameters: found.flatMap((parameter) =>
            parameter === undefined ? [] : [describe(parameter, WithDecryption)],
          ),
          InvalidParameters: Names.filter((_, index) => found[index] === undefined),
        };
      },
    ),
    GetParametersByPath: operation(
      {
        Path: z.string().startsWith('/'),
        Recursive: z.boolean().default(false),
        WithDecryption: decrypt,
        MaxResults: z.number().int().min(1).max(10).default(10),
        NextToken: z.string().optional(),
      },
      async ({ Path, Recursive, WithDecryption, MaxResults, NextToken }) => {
        const prefix = Path.replace(/\/*$/, '/');
        const all = (await store.below(prefix)).filter(
          (parameter) => Recursive || !parameter.name.slice(prefix.length).includes('/'),
        );
        const invalidToken = () => new AwsError('InvalidNextToken', 'The specified token is not valid.');
        const options = { token: NextToken, limit: MaxResults, invalidToken };
        const { items, nextToken } = page(all, (parameter) => parameter.name, options);
        return {
          Parameters: items.map((parameter) => describe(parameter, WithDecryption)),
          NextToken: nextToken,
        };
      },
    ),
    DeleteParameter: operation({ Name: name }, async ({ Name }) => {
      const { name: found } = await store.find(Name);
      await store.change(found, async () => store.remove((await store.find(Name)).name));
    }),
  };
}

function putParameter(
  { clock }: PlaceContext,
  store: ParameterStore,
  { Name, Value, Type, Description, Overwrite }: InputOf<typeof putMembers>,
) {
  return store.change(Name, async (existing) => {
    if (existing !== undefined && !Overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = Type ?? existing?.type;
    if (type === undefined) {
      throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
    }
    const version = (existing?.version ?? 0) + 1;
    await store.put({
      name: Name,
      type,
      value: Value,
      version,
      modifiedAtMs: clock.now(),
      description: Description,
    });
    return { Version: version, Tier: 'Standard' };
  });
}

function describeParameter(
  context: PlaceContext,
  { name: parameterName, type, value, version, modifiedAtMs }: StoredParameter,
  isDecrypted: boolean,
) {
  return {
    Name: parameterName,
    Type: type,
    Value: type === 'SecureString' && !isDecrypted ? 'kms:alias/aws/ssm:encrypted' : value,
    Version: version,
    LastModifiedDate: modifiedAtMs / 1000,
    ARN: arnOf(context, 'ssm', `parameter/${parameterName.replace(/^\//, '')}`),
    DataType: 'text',
  };
}
