import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';

export interface StoredParameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly description?: string;
  readonly modifiedAtMs: number;
}

const name = z.string().regex(/^[A-Za-z0-9_.\-/:]{1,2048}$/);
const decrypt = z.boolean().default(false);
const schemas = {
  put: z.strictObject({
    Name: z.string().regex(/^[A-Za-z0-9_.\-/]{1,1011}$/),
    Value: z.string().min(1).max(8192),
    Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
    Description: z.string().optional(),
    Overwrite: z.boolean().default(false),
    KeyId: z.string().optional(),
    Tier: z.string().optional(),
    DataType: z.literal('text').optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
  }),
  get: z.strictObject({ Name: name, WithDecryption: decrypt }),
  getAll: z.strictObject({ Names: z.array(name).min(1).max(10), WithDecryption: decrypt }),
  byPath: z.strictObject({
    Path: z.string().startsWith('/'),
    Recursive: z.boolean().default(false),
    WithDecryption: decrypt,
    MaxResults: z.number().int().min(1).max(10).default(10),
    NextToken: z.string().default(''),
  }),
  delete: z.strictObject({ Name: name }),
};

/** Parameters by name. */
export interface ParameterStore {
  /** @param reference name, ARN, or either with `:version`. @throws AwsError `ParameterNotFound`, `ParameterVersionNotFound` */
  find(reference: string): Promise<StoredParameter>;
  get(name: string): Promise<StoredParameter | undefined>;
  below(path: string): Promise<StoredParameter[]>;
  put(parameter: StoredParameter): Promise<void>;
  remove(name: string): Promise<void>;
}

export function openParameterStore(context: PlaceContext): ParameterStore {
  const parameters = context.store.collection<StoredParameter>('parameters');
  return {
    get: (wanted) => parameters.get(wanted),
    find: async (reference) => {
      const [, path = reference] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(.+)$/.exec(reference) ?? [];
      const [full = '', version] = path.split(':');
      // An ARN has one slash before the name, be it a path or not.
      const found = (await parameters.get(full)) ?? (await parameters.get(full.replace(/^\//, '')));
      if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${full} not found.`);
      if (version === undefined || Number(version) === found.version) return found;
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${version} of ${full}. The local place keeps the newest only.`,
      );
    },
    below: async (path) => {
      const all: StoredParameter[] = [];
      for await (const [, parameter] of parameters.entries(path.replace(/\/*$/, '/'))) all.push(parameter);
      return all;
    },
    put: (parameter) => parameters.put(parameter.name, parameter),
    remove: (wanted) => parameters.delete(wanted),
  };
}

/** Parameter Store's operations. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
export function parameterOperations(
  context: PlaceContext,
  store: ParameterStore,
): Record<string, JsonOperation> {
  const describe = (parameter: StoredParameter, readable: boolean) => ({
    Name: parameter.name,
    Type: parameter.type,
    Value: parameter.type === 'SecureString' && !readable ? 'kms:alias/aws/ssm:encrypted' : parameter.value,
    Version: parameter.version,
    LastModifiedDate: parameter.modifiedAtMs / 1000,
    ARN: `arn:${context.partition}:ssm:${context.region}:${context.account}:parameter/${parameter.name.replace(/^\//, '')}`,
    DataType: 'text',
  });
  return {
    PutParameter: async (input: unknown) => {
      const { Name, Value, Type, Description, Overwrite } = parse(schemas.put, input);
      const existing = await store.get(Name);
      if (existing !== undefined && !Overwrite) {
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const type = Type ?? existing?.type;
      if (type === undefined) {
        throw new AwsError(
          'ValidationException',
          'A parameter type is required when you create a parameter.',
        );
      }
      const version = (existing?.version ?? 0) + 1;
      await store.put({
        name: Name,
        type,
        value: Value,
        version,
        modifiedAtMs: context.clock.now(),
        ...(Description === undefined ? {} : { description: Description }),
      });
      return { Version: version, Tier: 'Standard' };
    },
    GetParameter: async (input: unknown) => {
      const { Name, WithDecryption } = parse(schemas.get, input);
      return { Parameter: describe(await store.find(Name), WithDecryption) };
    },
    GetParameters: async (input: unknown) => {
      const { Names, WithDecryption } = parse(schemas.getAll, input);
      const found = await Promise.all(Names.map((wanted) => store.find(wanted).catch(() => undefined)));
      return {
        Parameters: found.flatMap((parameter) =>
          parameter === undefined ? [] : [describe(parameter, WithDecryption)],
        ),
        InvalidParameters: Names.filter((_, index) => found[index] === undefined),
      };
    },
    GetParametersByPath: async (input: unknown) => {
      const { Path, Recursive, WithDecryption, MaxResults, NextToken } = parse(schemas.byPath, input);
      const prefix = Path.replace(/\/*$/, '/');
      const all = (await store.below(Path)).filter(
        (parameter) =>
          parameter.name >= NextToken && (Recursive || !parameter.name.slice(prefix.length).includes('/')),
      );
      const next = all[MaxResults];
      return {
        Parameters: all.slice(0, MaxResults).map((parameter) => describe(parameter, WithDecryption)),
        ...(next === undefined ? {} : { NextToken: next.name }),
      };
    },
    DeleteParameter: async (input: unknown) => {
      const { Name } = parse(schemas.delete, input);
      await store.remove((await store.find(Name)).name);
      return {};
    },
  };
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}
