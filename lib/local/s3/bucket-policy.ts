/**
 * The statements of a bucket's policy that deny `s3:PutObject` to all principals. All other statements have no effect,
 * because the local AWS does not enforce permissions.
 */
import type { Json, JsonObject } from '../resources/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import type { WriteDenial } from './object-record.js';
import { headerText } from './request-header.js';
import type { S3Call } from './s3-call.js';

/** The supported condition keys, in lower case. */
const KEYS = ['s3:if-none-match', 's3:objectcreationoperation'];
const OPERATORS = ['Null', 'Bool', 'StringEquals'];

/**
 * Returns the statements of a policy that deny writes. Leaves out a statement with an operator or a condition key that
 * is not in {@link OPERATORS} and {@link KEYS}.
 */
export function writeDenials(policy: Json | undefined): WriteDenial[] {
  const { Statement: statements } = asObject(policy);
  return list(statements).flatMap((statement) => {
    const { Effect, Principal, Action, Resource, Condition } = asObject(statement);
    const isAboutWrites = texts(Action).some((action) => isLike(action.toLowerCase(), 's3:putobject'));
    if (Effect !== 'Deny' || !isEverybody(Principal) || !isAboutWrites) return [];
    const conditions = knownConditions(Condition);
    return conditions === undefined ? [] : [{ resources: texts(Resource), conditions }];
  });
}

/**
 * Refuses a request that creates an object if a statement of the bucket's policy denies it.
 * @throws AwsError `AccessDenied`
 */
export function refuseDeniedWrite(
  { request, store, bucket, key }: S3Call,
  denials: readonly WriteDenial[] = [],
): void {
  const { partition } = store.context;
  const resource = `arn:${partition}:s3:::${bucket}/${key}`;
  const context = new Map<string, string | undefined>([
    ['s3:if-none-match', headerText(request, 'if-none-match')],
    ['s3:objectcreationoperation', 'true'],
  ]);
  if (!denials.some((denial) => isDenied(denial, resource, context))) return;
  throw new AwsError(
    'AccessDenied',
    `User: ${request.caller.arn} is not authorized to perform: s3:PutObject on resource: "${resource}" with an explicit deny in a resource-based policy`,
    403,
  );
}

function isDenied(
  { resources, conditions }: WriteDenial,
  resource: string,
  context: ReadonlyMap<string, string | undefined>,
): boolean {
  return (
    resources.some((pattern) => isLike(pattern, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionMatches(operator, values, context.get(key))),
    )
  );
}

function conditionMatches(operator: string, values: readonly string[], value: string | undefined): boolean {
  if (operator === 'Null') return values.includes(String(value === undefined));
  return value !== undefined && values.includes(value);
}

/**
 * Parses the condition of a statement.
 * @returns undefined if it contains an operator or key that is not supported
 */
function knownConditions(condition: Json | undefined): WriteDenial['conditions'] | undefined {
  const known: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(asObject(condition))) {
    if (!OPERATORS.includes(operator)) return undefined;
    const entries = Object.entries(asObject(keys)).map(
      ([key, values]) => [key.toLowerCase(), texts(values)] as const,
    );
    if (entries.some(([key]) => !KEYS.includes(key))) return undefined;
    known[operator] = Object.fromEntries(entries);
  }
  return known;
}

function isEverybody(principal: Json | undefined): boolean {
  return principal === '*' || texts(asObject(principal)['AWS']).includes('*');
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Converts the values of a condition to strings. In a template, a value may be a boolean. */
function texts(value: Json | undefined): string[] {
  return list(value).map(String);
}

function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
