import { Aspects, Token, type IAspect } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';

import { parseWith, policyPathSchema, rolePathSchema } from '../contract/index.js';

/** Paths of roles and managed policies. */
export interface IdentityPaths {
  readonly rolePathPrefix?: string | undefined;
  readonly policyPathPrefix?: string | undefined;
}

/**
 * Sets the path of every role and managed policy in a scope that has none: those of builds, handlers and state
 * machines. Some organizations allow only roles with a certain path.
 *
 * @throws CodeseederError `InvalidRequest`
 */
export function applyPaths(scope: Construct, { rolePathPrefix, policyPathPrefix }: IdentityPaths): void {
  if (rolePathPrefix !== undefined) checkPath(rolePathSchema, rolePathPrefix, 'role path prefix');
  if (policyPathPrefix !== undefined) {
    checkPath(policyPathSchema, policyPathPrefix, 'policy path prefix');
  }
  if (rolePathPrefix !== undefined || policyPathPrefix !== undefined) {
    Aspects.of(scope).add(new Paths(rolePathPrefix, policyPathPrefix));
  }
}

/** Sets the path of roles and managed policies that have none. */
class Paths implements IAspect {
  private readonly rolePath: string | undefined;
  private readonly policyPath: string | undefined;

  constructor(rolePath: string | undefined, policyPath: string | undefined) {
    this.rolePath = rolePath;
    this.policyPath = policyPath;
  }

  visit(node: IConstruct): void {
    if (node instanceof CfnRole) setPath(node, this.rolePath, undefined);
    // The CDK sets the path of a managed policy to `/` if none is given, so `/` counts as no path.
    if (node instanceof CfnManagedPolicy) setPath(node, this.policyPath, '/');
  }
}

function setPath(
  node: CfnRole | CfnManagedPolicy,
  path: string | undefined,
  unset: string | undefined,
): void {
  if (path !== undefined && (node.path === undefined || node.path === unset)) node.path = path;
}

function checkPath(schema: typeof rolePathSchema, path: string, subject: string): void {
  if (!Token.isUnresolved(path)) parseWith(schema, path, `${subject} ${JSON.stringify(path)}`);
}
