import type { Statement } from '../seedkit/statements.js';

/** One call to AWS in the form in which IAM evaluates it. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /**
   * Condition keys of the request. Their names are not case-sensitive. A key with a list has several values.
   */
  readonly context?: Context;
}

export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The caller: a role or user by its ARN, or a service by its domain. */
export type Caller = { readonly arn: string } | { readonly service: string };

/** The policies that IAM evaluates for a call. */
export interface Policies {
  /** Statements of the caller's own policies. */
  readonly identity: readonly Statement[];
  /** Statements of the policy of the resource. */
  readonly resource: readonly Statement[];
}

/**
 * Returns whether the statements of a caller's own policies allow a call: one statement allows it and none denies it.
 *
 * @throws Error for an unknown condition operator
 */
export function isPermitted(statements: readonly Statement[], call: Call): boolean {
  return isAllowed({ identity: statements, resource: [] }, call);
}

/**
 * Returns whether IAM allows a call within one account: a statement of the caller's or of the resource's policy must
 * allow it, and none may deny it. For a service as the caller, only the policies of resources count.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @throws Error for an unknown condition operator
 */
export function isAllowed(policies: Policies, call: Call, caller?: Caller): boolean {
  const matching = matchingStatements(policies, call, caller);
  return (
    matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny')
  );
}

/** Returns the statements that apply to a call. */
export function matchingStatements(
  { identity, resource }: Policies,
  call: Call,
  caller?: Caller,
): readonly Statement[] {
  return [
    ...identity.filter((statement) => isAbout(statement, call)),
    ...resource.filter((statement) => isAbout(statement, call) && names(statement, caller)),
  ];
}

/** Returns whether the principal of a statement includes a caller. */
function names({ principal }: Statement, caller: Caller | undefined): boolean {
  if (principal === '*') return true;
  const { AWS, Service } = (principal ?? {}) as Record<'AWS' | 'Service', string | string[] | undefined>;
  if ([AWS].flat().includes('*')) return true;
  if (caller === undefined) return false;
  if ('service' in caller) return [Service].flat().includes(caller.service);
  // The principal `root` matches no caller: such a statement only delegates the decision to the policies of the
  // account's roles.
  return [AWS].flat().includes(caller.arn);
}

function isAbout({ actions, resources, condition }: Statement, call: Call): boolean {
  const asked = call.action.toLowerCase();
  if (!actions.some((action) => isLike(action.toLowerCase(), asked))) return false;
  const context = lowerCased(call.context ?? {});
  return (
    resources.some((resource) => isLike(resource, call.resource, context)) &&
    Object.entries((condition ?? {}) as Record<string, Record<string, string | string[]>>).every(
      ([operator, keys]) =>
        Object.entries(keys).every(([key, values]) =>
          holds(operator, [values].flat(), context.get(key.toLowerCase()), context),
        ),
    )
  );
}

type LowerCased = ReadonlyMap<string, string | readonly string[]>;

function lowerCased(context: Context): LowerCased {
  return new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
}

/**
 * Returns whether a condition operator holds for a value.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function holds(
  operator: string,
  patterns: readonly string[],
  value: string | readonly string[] | undefined,
  context: LowerCased,
): boolean {
  const [set, name] = operator.includes(':') ? (operator.split(':') as [string, string]) : ['', operator];
  if (name === 'Null') return patterns.includes(String(value === undefined));
  const optional = name.endsWith('IfExists');
  if (optional && value === undefined) return true;
  const one = (item: string | undefined) =>
    compares(optional ? name.slice(0, -'IfExists'.length) : name, patterns, item, context);
  if (set === 'ForAnyValue') return [value ?? []].flat().some(one);
  if (set === 'ForAllValues') return [value ?? []].flat().every(one);
  if (set !== '') throw new Error(`unknown operator ${operator}`);
  if (typeof value === 'object') throw new Error(`${operator} takes a single value, not ${String(value)}`);
  return one(value);
}

function compares(
  operator: string,
  patterns: readonly string[],
  value: string | undefined,
  context: LowerCased,
): boolean {
  switch (operator) {
    case 'Bool':
    case 'StringEquals':
      return value !== undefined && patterns.includes(value);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return value !== undefined && patterns.some((pattern) => isLike(pattern, value, context));
    case 'StringNotLike':
    case 'ArnNotEquals':
      return value === undefined || !patterns.some((pattern) => isLike(pattern, value, context));
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

/**
 * Matches a variable of IAM, such as `${aws:PrincipalArn}`. References in the tests' templates contain no colon, so
 * they do not match.
 */
const VARIABLES = /\$\{[^}]+:[^}]+\}/;
const VARIABLE = /^\$\{([^}]+:[^}]+)\}$/;

/**
 * Regular expressions of patterns without a variable. They are cached, because each pattern is compared thousands of
 * times.
 */
const expressions = new Map<string, RegExp>();

/**
 * Compares a text with a pattern that may contain `*`, `?` and variables. A variable without a value, or with
 * several, matches nothing.
 */
function isLike(pattern: string, text: string, context: LowerCased = new Map()): boolean {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    expression = expressionOf(pattern, context);
    if (!VARIABLES.test(pattern)) expressions.set(pattern, expression);
  }
  return expression.test(text);
}

function expressionOf(pattern: string, context: LowerCased): RegExp {
  const parts = pattern.split(/(\*|\?|\$\{[^}]+:[^}]+\})/).map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const [, variable] = VARIABLE.exec(part) ?? [];
    if (variable === undefined) return literal(part);
    const value = context.get(variable.toLowerCase());
    return typeof value === 'string' ? literal(value) : '(?!)';
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

function literal(text: string): string {
  return text.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
}
