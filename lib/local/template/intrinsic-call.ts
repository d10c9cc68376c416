import type { Json, JsonObject } from '../resources/resource-provider.js';

/**
 * A call of an intrinsic function. In a template, it is an object whose only key is the name of the function.
 */
export interface IntrinsicCall {
  /** `Ref`, `Condition`, or `Fn::...`. */
  readonly name: string;
  readonly argument: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Returns the call of an intrinsic function in a value; undefined for any other value. */
export function intrinsicCall(value: Json): IntrinsicCall | undefined {
  if (!isObject(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name] as Json } : undefined;
}

/**
 * Parses the argument of `Fn::GetAtt`: a list, or text with a dot after the logical id. The attribute's name may
 * contain further dots.
 */
export function attributeReference(
  argument: Json,
): readonly [logicalId: string, attribute: Json] | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot > 0 ? [argument.slice(0, dot), argument.slice(dot + 1)] : undefined;
  }
  if (!isList(argument) || argument.length !== 2) return undefined;
  const [logicalId, attribute] = argument;
  return typeof logicalId === 'string' && attribute !== undefined ? [logicalId, attribute] : undefined;
}
