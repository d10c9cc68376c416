import { LocalAwsError } from '../local-aws-error.js';
import { attributeReference, intrinsicCall, isList, isObject, type IntrinsicCall } from './intrinsic-call.js';
import type { Json, JsonObject } from '../resources/resource-provider.js';
import { parseSub } from './sub-expression.js';

/** The value of `AWS::NoValue`. Properties and list items with this value are left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

/**
 * The values to which intrinsic functions can refer. Each function throws an Error for a value that does not exist.
 */
export interface Scope {
  ref(name: string): Json | typeof NO_VALUE;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  mapped(map: string, topLevelKey: string, secondLevelKey: string): Json;
  exported(name: string): Json;
  /**
   * Whether values of missing resources are placeholders. A list may then have another length than after the
   * deployment.
   */
  readonly isPreview: boolean;
}

type Intrinsic = (argument: Json, scope: Scope) => Json | typeof NO_VALUE;

/** Resolves the intrinsic functions in a value. @throws LocalAwsError `UnsupportedTemplate`, `InvalidTemplate` */
export function resolve(value: Json, scope: Scope): Json | typeof NO_VALUE {
  const call = intrinsicCall(value);
  if (call !== undefined) return resolveCall(call, scope);
  if (isList(value)) return resolveAll(value, scope);
  return isObject(value) ? resolveMembers(value, scope) : refuseDynamicReference(value);
}

/** Resolves the members of an object. Leaves out members with the value `AWS::NoValue`. */
export function resolveMembers(members: JsonObject, scope: Scope): JsonObject {
  const resolved = Object.entries(members).map(([name, value]) => [name, resolve(value, scope)] as const);
  return Object.fromEntries(resolved.filter((entry): entry is [string, Json] => entry[1] !== NO_VALUE));
}

/** As {@link resolve}, but refuses `AWS::NoValue`. */
export function resolveValue(value: Json, scope: Scope): Json {
  const resolved = resolve(value, scope);
  if (resolved === NO_VALUE) throw invalid(`AWS::NoValue is not allowed here: ${JSON.stringify(value)}`);
  return resolved;
}

/** As {@link resolve}, but converts numbers and booleans to text, and refuses all other values. */
export function resolveText(value: Json, scope: Scope, where: string): string {
  const resolved = resolveValue(value, scope);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw invalid(`${where} needs text, not ${JSON.stringify(resolved)}`);
}

function resolveAll(values: readonly Json[], scope: Scope): Json[] {
  return values.map((entry) => resolve(entry, scope)).filter((entry): entry is Json => entry !== NO_VALUE);
}

function resolveCall({ name, argument }: IntrinsicCall, scope: Scope): Json | typeof NO_VALUE {
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (intrinsic === undefined) {
    throw new LocalAwsError(
      'UnsupportedTemplate',
      `The local AWS has no intrinsic function ${name}; it has ${Object.keys(INTRINSICS).join(', ')}.`,
    );
  }
  return intrinsic(argument, scope);
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => {
    if (typeof argument !== 'string') throw invalid(`Ref needs a name, not ${JSON.stringify(argument)}`);
    return scope.ref(argument);
  },
  'Fn::GetAtt': (argument, scope) => {
    const reference = attributeReference(argument);
    if (reference === undefined) throw malformed('Fn::GetAtt', argument, '[logicalId, attribute]');
    const [logicalId, attribute] = reference;
    return scope.attribute(logicalId, resolveText(attribute, scope, 'Fn::GetAtt'));
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, list] = pair('Fn::Join', argument, '[delimiter, list]');
    const parts = resolveList(list, scope, 'Fn::Join');
    return parts.map((part) => resolveText(part, scope, 'Fn::Join')).join(textOf(delimiter, 'Fn::Join'));
  },
  'Fn::Sub': (argument, scope) => {
    if (typeof argument === 'string') return substitute(argument, {}, scope);
    const [template, variables] = pair('Fn::Sub', argument, '[text, {name: value}]');
    if (!isObject(variables)) throw malformed('Fn::Sub', argument, '[text, {name: value}]');
    return substitute(textOf(template, 'Fn::Sub'), variables, scope);
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = pair('Fn::Select', argument, '[index, list]');
    const position = Number(resolveText(index, scope, 'Fn::Select'));
    const chosen = resolveList(list, scope, 'Fn::Select')[position];
    if (chosen !== undefined) return chosen;
    if (scope.isPreview) return 'preview';
    throw invalid(`Fn::Select: there is no item ${position} in ${JSON.stringify(list)}`);
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = pair('Fn::Split', argument, '[delimiter, text]');
    return resolveText(source, scope, 'Fn::Split').split(textOf(delimiter, 'Fn::Split'));
  },
  'Fn::If': (argument, scope) => {
    if (!isList(argument) || argument.length !== 3) {
      throw malformed('Fn::If', argument, '[condition, valueIfTrue, valueIfFalse]');
    }
    const [condition, whenTrue, whenFalse] = argument as [Json, Json, Json];
    return resolve(scope.condition(textOf(condition, 'Fn::If')) ? whenTrue : whenFalse, scope);
  },
  'Fn::FindInMap': (argument, scope) => {
    if (!isList(argument) || argument.length !== 3) {
      throw malformed('Fn::FindInMap', argument, '[map, topLevelKey, secondLevelKey]');
    }
    const [map, top, second] = argument.map((key) => resolveText(key, scope, 'Fn::FindInMap'));
    return scope.mapped(map ?? '', top ?? '', second ?? '');
  },
  'Fn::ImportValue': (argument, scope) => scope.exported(resolveText(argument, scope, 'Fn::ImportValue')),
  'Fn::Base64': (argument, scope) =>
    Buffer.from(resolveText(argument, scope, 'Fn::Base64')).toString('base64'),
};

function substitute(template: string, variables: Readonly<Record<string, Json>>, scope: Scope): string {
  return parseSub(template)
    .map((part) => {
      if ('text' in part) return part.text;
      if (Object.hasOwn(variables, part.name)) {
        return resolveText(variables[part.name] as Json, scope, 'Fn::Sub');
      }
      const call = part.name.includes('.') ? { 'Fn::GetAtt': part.name } : { Ref: part.name };
      return resolveText(call, scope, 'Fn::Sub');
    })
    .join('');
}

function resolveList(value: Json, scope: Scope, name: string): readonly Json[] {
  const list = resolveValue(value, scope);
  if (isList(list)) return list;
  if (scope.isPreview && typeof list === 'string') return [list];
  throw invalid(`${name} needs a list, not ${JSON.stringify(list)}`);
}

function pair(name: string, argument: Json, shape: string): readonly [Json, Json] {
  if (!isList(argument) || argument.length !== 2) throw malformed(name, argument, shape);
  return argument as [Json, Json];
}

function textOf(value: Json, name: string): string {
  if (typeof value === 'string') return value;
  throw invalid(`${name} needs literal text, not ${JSON.stringify(value)}`);
}

function refuseDynamicReference<T extends Json>(value: T): T {
  if (typeof value !== 'string' || !value.includes('{{resolve:')) return value;
  throw new LocalAwsError(
    'UnsupportedTemplate',
    `The local AWS does not resolve the dynamic reference ${JSON.stringify(value)}. Write the value itself, or use a parameter.`,
  );
}

function malformed(name: string, argument: Json, shape: string): LocalAwsError {
  return invalid(`${name} needs ${shape}, not ${JSON.stringify(argument)}`);
}

/** Returns the error for a template that is also invalid in CloudFormation. */
export function invalid(message: string): LocalAwsError {
  return new LocalAwsError('InvalidTemplate', message);
}
