import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { describeIssue, inputError } from './input-error.js';
import type { Caller } from './wire-service.js';

/** Facts about a call that are not part of its input. */
export interface OperationCall {
  readonly requestId: string;
  readonly caller: Caller;
}

/** The declaration of an operation: the members of its input, and the function that carries it out. */
export interface Operation<Output extends object | void = object | void> {
  readonly input: z.ZodObject;
  readonly run: (input: never, call: OperationCall) => Promise<Output>;
}

/** An operation that checks its input before it runs. Protocols and other services call this form. */
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

/** Type of an input with these members, as `run` receives it. */
export type InputOf<Declared extends Members> = z.output<z.ZodObject<Declared, z.core.$strict>>;

/**
 * Declares an operation. The schemas of its members check its input, and `run` receives the input with the type that
 * follows from them.
 *
 * @param members by name; any other member is refused, because ignoring it could change the result
 * @example
 * DeleteLogGroup: operation({ logGroupName: z.string().min(1) }, ({ logGroupName }) => catalogue.deleteGroup(logGroupName)),
 */
export function operation<Declared extends Members, Output extends object | void>(
  members: Declared,
  run: (input: InputOf<Declared>, call: OperationCall) => Promise<Output>,
): Operation<Output> {
  return { input: z.strictObject(members), run };
}

/**
 * Marks a member that a caller may send although it has no effect here.
 * @param reason why callers notice no difference
 */
export function harmless<Schema extends z.ZodType>(schema: Schema, reason: string): z.ZodOptional<Schema> {
  return schema.optional().describe(reason);
}

/**
 * Returns a service's operations, each with the check of its input before it.
 * @param validationCode the error code of a service for input outside its constraints, such as `ValidationException`
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
 * Checks a value against a schema, and returns it with the type of the schema.
 * @param name names the operation or the resource type in messages
 * @throws AwsError `SerializationException` or `validationCode`, naming all that is wrong
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

/** A call from another part of the local AWS, which needs no signature. */
function internalCall(): OperationCall {
  return { requestId: randomUUID(), caller: { arn: '', userId: '', isRoleSession: false } };
}
