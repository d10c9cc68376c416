import { attributeReference, intrinsicCall, isList, isObject } from './intrinsic-call.js';
import type { Json } from '../resources/resource-provider.js';
import { parseSub } from './sub-expression.js';

/** Returns the names of the resources, parameters and pseudo-parameters to which a value refers. */
export function referencesOf(value: Json): ReadonlySet<string> {
  const names = new Set<string>();
  collect(value, names);
  return names;
}

function collect(value: Json, names: Set<string>): void {
  const call = intrinsicCall(value);
  if (call?.name === 'Ref' && typeof call.argument === 'string') names.add(call.argument);
  else if (call?.name === 'Fn::GetAtt') collectAttribute(call.argument, names);
  else if (call?.name === 'Fn::Sub') collectSub(call.argument, names);
  else if (isList(value)) value.forEach((entry) => collect(entry, names));
  else if (isObject(value)) Object.values(value).forEach((member) => collect(member, names));
}

function collectAttribute(argument: Json, names: Set<string>): void {
  const [logicalId, attribute] = attributeReference(argument) ?? [];
  if (logicalId !== undefined) names.add(logicalId);
  if (attribute !== undefined) collect(attribute, names);
}

function collectSub(argument: Json, names: Set<string>): void {
  const [template, variables] = isList(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  Object.values(own).forEach((member) => collect(member, names));
  if (typeof template !== 'string') return;
  for (const part of parseSub(template)) {
    if ('name' in part && !Object.hasOwn(own, part.name)) names.add(part.name.split('.')[0] ?? '');
  }
}
