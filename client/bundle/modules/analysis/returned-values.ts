import type { CallExpression, NewExpression } from 'acorn';

import { ownFunction, returnedBy } from './call-sites.js';
import type { Evaluation, Surroundings } from './evaluation.js';
import { UNKNOWN, type PathValue } from './path-value.js';
import type { Binding, FunctionNode, Scope } from './scopes.js';

/** Returns the values that a call of one of the module's own functions may return with its arguments. */
export function returnedValues(
  values: Evaluation,
  node: CallExpression | NewExpression,
  { scope, passed: outer }: Surroundings,
): readonly PathValue[] {
  const target = node.type === 'CallExpression' ? ownFunction(node.callee, scope) : undefined;
  const inner = target && values.tree.functions.get(target)?.scope;
  if (target === undefined || inner === undefined || target.generator) return [UNKNOWN];
  const passed = new Map(outer);
  target.params.forEach((parameter, index) => {
    const argument = node.arguments[index];
    const binding = parameterBinding(parameter, inner);
    if (binding && argument && argument.type !== 'SpreadElement')
      passed.set(binding, values.of(argument, scope, outer));
    else if (binding && parameter.type === 'AssignmentPattern')
      passed.set(binding, values.of(parameter.right, inner, outer));
  });
  const returned = returnedBy(target).flatMap((result) => values.of(result, inner, passed));
  return returned.length === 0 ? [UNKNOWN] : returned;
}

function parameterBinding(parameter: FunctionNode['params'][number], scope: Scope): Binding | undefined {
  const name = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  return name.type === 'Identifier' ? scope.find(name.name) : undefined;
}
