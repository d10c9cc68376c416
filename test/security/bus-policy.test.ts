import { describe, expect, it } from '@jest/globals';

import { statementsOf } from '../seedkit/statements.js';
import { isAllowed } from './policy-evaluator.js';
import { synthesizedVariant } from './seedkit-variants.js';

const BUS = 'arn:aws:events:eu-central-1:123456789012:event-bus/codeseeder-demo';

/** Returns whether a role, whose own policy allows everything, may put events with these sources on the bus. */
function mayPut(role: string, ...sources: string[]): boolean {
  const { template } = synthesizedVariant('full');
  const everything = { sid: '', effect: 'Allow', actions: ['*'], resources: ['*'], principal: undefined };
  const policies = {
    identity: [{ ...everything, condition: undefined }],
    resource: statementsOf(template, 'ControlPlaneEventsBuscdkRefuse'),
  };
  const context = { 'events:source': sources, 'aws:PrincipalArn': role };
  return isAllowed(policies, { action: 'events:PutEvents', resource: BUS, context }, { arn: role });
}

/**
 * Returns the ARN of a role in the test's template: a reference to the resource, because CloudFormation generates the
 * role's name.
 */
function roleOf(start: string): string {
  const { template } = synthesizedVariant('full');
  const [id] = Object.keys(template.Resources).filter(
    (logicalId) => logicalId.startsWith(start) && template.Resources[logicalId]?.Type === 'AWS::IAM::Role',
  );
  return `\${${id}.Arn}`;
}

describe('The policy of the bus', () => {
  it.each([
    'ControlPlaneHandlersStartRun',
    'ControlPlaneHandlersReconcileRun',
    'ControlPlaneMachine',
    'ControlPlaneMaps',
  ])('The role of %s may announce runs and maps', (start) => {
    expect(mayPut(roleOf(start), 'codeseeder')).toBe(true);
  });

  it.each([
    'arn:aws:iam::123456789012:role/administrator',
    'arn:aws:iam::123456789012:role/codeseeder-demo-eu-central-1-codebuild',
    ...['ControlPlaneHandlersPrepareRun', 'ControlPlaneHandlersStartBuild', 'BuildLog'].map(roleOf),
  ])('The role %s may not announce runs, even among other events, and may request runs', (role) => {
    expect(mayPut(role, 'codeseeder')).toBe(false);
    expect(mayPut(role, 'my.app', 'codeseeder')).toBe(false);
    expect(mayPut(role, 'my.app')).toBe(true);
  });
});
