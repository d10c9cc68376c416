import { LocalAwsError } from '../local-aws-error.js';
import { isList, isObject } from './intrinsic-call.js';
import { invalid, resolveText, type Scope } from './intrinsics.js';
import type { Json, JsonObject } from '../resources/resource-provider.js';

/**
 * Returns a function that evaluates a condition of the template by its name. Evaluates each condition once, when it
 * is first used.
 *
 * @param scope has parameters and mappings; conditions cannot refer to resources
 */
export function conditionEvaluator(conditions: JsonObject, scope: () => Scope): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const underway = new Set<string>();

  function named(name: string): boolean {
    const value = known.get(name) ?? evaluateNamed(name);
    known.set(name, value);
    return value;
  }

  function evaluateNamed(name: string): boolean {
    const condition = Object.hasOwn(conditions, name) ? conditions[name] : undefined;
    if (condition === undefined) throw invalid(`The template has no condition ${name}`);
    if (underway.has(name)) throw invalid(`The condition ${name} depends on itself`);
    underway.add(name);
    try {
      return evaluate(condition);
    } finally {
      underway.delete(name);
    }
  }

  function evaluate(condition: Json): boolean {
    const entries = isObject(condition) ? Object.entries(condition) : [];
    const [name, argument] = entries.length === 1 ? (entries[0] as [string, Json]) : ['', null];
    switch (name) {
      case 'Condition':
        return named(typeof argument === 'string' ? argument : JSON.stringify(argument));
      case 'Fn::Equals':
        return equals(operands(name, argument, 2, 2), scope());
      case 'Fn::Not':
        return !operands(name, argument, 1, 1).some(evaluate);
      case 'Fn::And':
        return operands(name, argument, 2, 10).every(evaluate);
      case 'Fn::Or':
        return operands(name, argument, 2, 10).some(evaluate);
      default:
        throw new LocalAwsError(
          'UnsupportedTemplate',
          `A condition must be Condition, Fn::Equals, Fn::And, Fn::Or or Fn::Not, not ${JSON.stringify(condition)}`,
        );
    }
  }

  return named;
}

function equals(values: readonly Json[], scope: Scope): boolean {
  const [left, right] = values.map((value) => resolveText(value, scope, 'Fn::Equals'));
  return left === right;
}

function operands(name: string, argument: Json, atLeast: number, atMost: number): readonly Json[] {
  if (isList(argument) && argument.length >= atLeast && argument.length <= atMost) return argument;
  throw invalid(`${name} needs a list of ${atLeast} to ${atMost} items, not ${JSON.stringify(argument)}`);
}
