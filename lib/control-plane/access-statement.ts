import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A statement of a policy, with the reason for it where its resources are patterns. */
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

  /** Narrows the statement. */
  when(operator: string, conditions: Readonly<Record<string, string | readonly string[]>>): this {
    this.addCondition(operator, conditions);
    return this;
  }
}

/**
 * Allows actions on resources.
 *
 * @param patternsReason why resources of ours are patterns; none for those that the seedkit's owner lists
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
 * Tells the reasons for patterns in statements where checks of the tree look for them, so that whoever checks an app
 * with cdk-nag hears of nothing that is explained here.
 *
 * @param holder the role or policy that has the statements
 */
export function explainPatterns(holder: Construct, statements: readonly PolicyStatement[]): void {
  for (const statement of statements) {
    const reason = statement instanceof AccessStatement ? statement.patternsReason : undefined;
    if (reason !== undefined) explainResources(holder, statement.resources, reason);
  }
}

/** Tells why a policy has patterns for resources. */
export function explainResources(holder: Construct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(holder);
  for (const resource of resources) {
    const text = flat(stack.resolve(resource));
    if (text.includes('*')) explain(holder, `AwsSolutions-IAM5[Resource::${text}]`, reason);
  }
}

/** Tells why a rule does not hold for a construct. */
export function explain(construct: Construct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** How cdk-nag writes a value with references. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Fn::Join') {
    const [separator, items] = argument as [string, unknown[]];
    return items.map(flat).join(separator);
  }
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name === 'Ref') return `<${String(argument)}>`;
  return JSON.stringify(value);
}
