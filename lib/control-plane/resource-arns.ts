import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import {
  type HandlerName,
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

/** Returns the ARN of the state machine of maps. */
export function mapMachineArn(scope: Construct, seedkit: string): string {
  return statesArn(scope, 'stateMachine', seedkitNames.mapMachine(seedkit));
}

/** Returns the pattern of the ARNs of the executions of maps. */
export function mapExecutionsArn(scope: Construct, seedkit: string): string {
  return statesArn(scope, 'execution', `${seedkitNames.mapMachine(seedkit)}:*`);
}

/** Returns the pattern of the ARNs of the child executions of maps. */
export function mapChildrenArn(scope: Construct, seedkit: string): string {
  return statesArn(scope, 'execution', `${seedkitNames.mapMachine(seedkit)}/*`);
}

/**
 * Returns the ARN of the account's rule that notifies Step Functions when an execution ends that another one waits for.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies
 */
export function nestedEndsRuleArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  });
}

function statesArn(scope: Construct, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the ARN of a CodeBuild project, or of several for a pattern. */
export function projectArn(scope: Construct, project: string): string {
  return Stack.of(scope).formatArn({ service: 'codebuild', resource: 'project', resourceName: project });
}

/** Returns the pattern of the log streams of a CodeBuild project's builds. */
export function buildLogStreamsArn(scope: Construct, project: string): string {
  const logGroup = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `/aws/codebuild/${project}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return `${logGroup}:*`;
}

/** Returns the ARN of a handler. */
export function handlerArn(scope: Construct, seedkit: string, handler: HandlerName): string {
  return Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: seedkitNames.handler(seedkit, handler),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Returns the ARN of the group of a seedkit's schedules. */
export function scheduleGroupArn(scope: Construct, seedkit: string): string {
  return Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: seedkitNames.scheduleGroup(seedkit),
  });
}

/** Returns the pattern of the ARNs of the schedules of a group. */
export function schedulesArn(scope: Construct, group: string): string {
  return Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule',
    resourceName: `${group}/*`,
  });
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
