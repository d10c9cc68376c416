import type { Statement } from '../seedkit/statements.js';

/** One call to AWS as IAM sees it. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Returns whether the statements allow a call: one statement allows it and none denies it.
 *
 * @throws Error for an unknown condition operator
 */
export function isPermitted(statements: readonly Statement[], call: Call): boolean {
  const matching = statements.filter((statement) => isAbout(statement, call));
  return (
    matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny')
  );
}

function isAbout({ actions, resources, condition }: Statement, call: Call): boolean {
  return (
    actions.some((action) => isLike(action.toLowerCase(), call.action.toLowerCase())) &&
    resources.some((resource) => isLike(resource, call.resource)) &&
    Object.entries((condition ?? {}) as Record<string, Record<string, string | string[]>>).every(
      ([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), call.context?.[key])),
    )
  );
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function holds(operator: string, values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case 'Null':
      return values.includes(String(value === undefined));
    case 'Bool':
    case 'StringEquals':
      return value !== undefined && values.includes(value);
    case 'StringLike':
    case 'ArnLike':
      return value !== undefined && values.some((pattern) => isLike(pattern, value));
    case 'StringNotLike':
      return value === undefined || !values.some((pattern) => isLike(pattern, value));
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function isLike(pattern: string, text: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}
