import { Aws, CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Whether a stack's region has a feature; a condition of the template if the region is known only at deployment. */
export type RegionSupport = boolean | CfnCondition;

/**
 * Returns whether the stack's region has a feature. If the region is known only at deployment, it returns a condition,
 * so that one template deploys in every region.
 *
 * @param id id of the condition in the scope
 * @param regionsWithout regions that do not have the feature
 */
export function regionSupport(
  scope: Construct,
  id: string,
  regionsWithout: readonly string[],
): RegionSupport {
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region)) return !regionsWithout.includes(region);
  const isWithout = regionsWithout.map((name) => Fn.conditionEquals(Aws.REGION, name));
  return new CfnCondition(scope, id, { expression: Fn.conditionNot(Fn.conditionOr(...isWithout)) });
}
