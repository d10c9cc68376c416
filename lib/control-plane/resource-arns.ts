import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { RUNS_BY_DAY_INDEX, seedkitNames } from '../contract/index.js';

/**
 * ARNs from names alone, for policies that would otherwise need a resource that needs the policy.
 */
export function stateMachineArn(scope: Construct, seedkit: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: seedkitNames.stateMachine(seedkit),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** All executions of the seedkit's machine. */
export function executionsArn(scope: Construct, seedkit: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${seedkitNames.stateMachine(seedkit)}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** A CodeBuild project by its name, or several by a pattern. */
export function projectArn(scope: Construct, project: string): string {
  return Stack.of(scope).formatArn({ service: 'codebuild', resource: 'project', resourceName: project });
}

export function runsByDayArn(tableArn: string): string {
  return `${tableArn}/index/${RUNS_BY_DAY_INDEX}`;
}
