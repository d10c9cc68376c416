import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import {
  RUNS_BY_BUILD_INDEX,
  RUNS_BY_DAY_INDEX,
  RUNS_BY_FACET_INDEX,
  seedkitNames,
} from '../contract/index.js';

/**
 * Returns the ARN of the seedkit's state machine. The functions of this file derive ARNs from names: a reference to the
 * resource would make a cycle between the resource and the policy.
 */
export function stateMachineArn(scope: Construct, seedkit: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: seedkitNames.stateMachine(seedkit),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the pattern of the ARNs of the state machine's executions. */
export function executionsArn(scope: Construct, seedkit: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${seedkitNames.stateMachine(seedkit)}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the ARN of a CodeBuild project, or of several for a pattern. */
export function projectArn(scope: Construct, project: string): string {
  return Stack.of(scope).formatArn({ service: 'codebuild', resource: 'project', resourceName: project });
}

/** Returns the ARN of the run table's index by day. */
export function runsByDayArn(tableArn: string): string {
  return `${tableArn}/index/${RUNS_BY_DAY_INDEX}`;
}

/** Returns the ARN of the run table's index by build. */
export function runsByBuildArn(tableArn: string): string {
  return `${tableArn}/index/${RUNS_BY_BUILD_INDEX}`;
}

/** Returns the ARN of the run table's index by facet. */
export function runsByFacetArn(tableArn: string): string {
  return `${tableArn}/index/${RUNS_BY_FACET_INDEX}`;
}
