import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { describeIssue, inputError } from './input-error.js';
import type { Caller } from './wire-service.js';

/** Data of a call that is not part of its input. */
export interface OperationCall {
  readonly requestId: string;
  readonly caller: Caller;
}

/** Declaration of an operation: the schemas of its input's members, and the function that runs it. */
export interface Operation<Output extends object | void = object | void> {
  readonly input: z.ZodObject;
  readonly run: (input: never, call: OperationCall) => Promise<Output>;
}

/**
 * An operation that checks its input before it runs. Protocols and other services call operations in this form.
 */
export type CheckedOperation<Output extends object | void = object | void> = (
  input: object,
  call?: OperationCall,
) => Promise<Output>;

export type CheckedOperations<Operations extends Readonly<Record<string, Operation>>> = {
  readonly [Name in keyof Operations]: Operations[Name] extends Operation<infer Output>
    ? CheckedOperation<Output>
    : never;
};

export type Members = Readonly<Record<string, z.ZodType>>;

/** Type of the checked input that `run` receives. */
export type InputOf<Declared extends Members> = z.output<z.ZodObject<Declared, z.core.$strict>>;

/**
 * Declares an operation. The type of the input of `run` follows from the schemas of the members.
 *
 * @param members schemas by name; a member without a schema is refused, because ignoring it could change the result
 * @example
 * ```ts
 * DeleteLogGroup: operation({ logGroupName: z.string().min(1) }, ({ logGroupName }) =>
 *   catalogue.deleteGroup(logGroupName),
 * ),
 * ```
 */
export function operation<Declared extends Members, Output extends object | void>(
  members: Declared,
  run: (input: InputOf<Declared>, call: OperationCall) => Promise<Output>,
): Operation<Output> {
  return { input: z.strictObject(members), run };
}

/**
 * Declares a member that callers may send, but that has no effect.
 * @param reason why callers notice no difference
 */
export function harmless<Schema extends z.ZodType>(schema: Schema, reason: string): z.ZodOptional<Schema> {
  return schema.optional().describe(reason);
}

/**
 * Returns the operations of a service, each with a check of its input.
 * @param validationCode the error code of the service for an invalid value, such as `ValidationException`
 */
export function serviceOperations<const Operations extends Readonly<Record<string, Operation>>>(
  validationCode: string,
  operations: Operations,
): CheckedOperations<Operations> {
  const checked = Object.entries<Operation>(operations).map(([name, { input: schema, run }]) => {
    const call: CheckedOperation = async (input, operationCall = internalCall()) =>
      run(checkInput(name, validationCode, schema, input) as never, operationCall);
    return [name, call] as const;
  });
  return Object.fromEntries(checked) as CheckedOperations<Operations>;
}

/**
 * Checks a value against a schema. Returns it with the type of the schema.
 * @param name names the operation or the resource type in messages
 * @throws AwsError `SerializationException` for a wrong type, otherwise `validationCode`; see {@link inputError}
 */
export function checkInput<Schema extends z.ZodType>(
  name: string,
  validationCode: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true, error: describeIssue });
  if (parsed.success) return parsed.data;
  throw inputError(name, validationCode, parsed.error.issues);
}

/** Returns the data of a call by another service of the local AWS. */
function internalCall(): OperationCall {
  return { requestId: randomUUID(), caller: { arn: '', userId: '', isRoleSession: false } };
}
