import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A policy statement, with the reason why its resources are patterns, if they are. */
export class AccessStatement extends PolicyStatement {
  readonly patternsReason: string | undefined;

  constructor(
    sid: string,
    actions: readonly string[],
    resources: readonly string[],
    patternsReason?: string,
  ) {
    super({ sid, actions: [...actions], resources: [...resources] });
    this.patternsReason = patternsReason;
  }

  /** Adds a condition to the statement. */
  when(operator: string, conditions: Readonly<Record<string, string | readonly string[]>>): this {
    this.addCondition(operator, conditions);
    return this;
  }
}

/**
 * Allows actions on resources.
 *
 * @param patternsReason why the resources are patterns; undefined if the seedkit's owner configured the patterns
 */
export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  patternsReason?: string,
): AccessStatement {
  return new AccessStatement(sid, actions, resources, patternsReason);
}

/**
 * Acknowledges the patterns in statements with their reasons, so that cdk-nag does not report them.
 *
 * @param holder the role or policy that has the statements
 */
export function explainPatterns(holder: Construct, statements: readonly PolicyStatement[]): void {
  for (const statement of statements) {
    const reason = statement instanceof AccessStatement ? statement.patternsReason : undefined;
    if (reason !== undefined) explainResources(holder, statement.resources, reason);
  }
}

/** Acknowledges the patterns among the resources of a policy. */
export function explainResources(holder: Construct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(holder);
  for (const resource of resources) {
    const text = nagNotation(stack.resolve(resource));
    if (text.includes('*')) explain(holder, `AwsSolutions-IAM5[Resource::${text}]`, reason);
  }
}

/** Acknowledges a finding of a validation rule on a construct, with the reason. */
export function explain(construct: Construct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Returns a value with references in cdk-nag's notation. */
function nagNotation(value: unknown): string {
  // cdk-nag writes a variable of an IAM policy in the same way as a reference.
  if (typeof value !== 'object' || value === null) return String(value).replaceAll(/\$\{(.+?)\}/g, '<$1>');
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Fn::Join') {
    const [separator, items] = argument as [string, unknown[]];
    return items.map(nagNotation).join(separator);
  }
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name === 'Ref') return `<${String(argument)}>`;
  return JSON.stringify(value);
}
