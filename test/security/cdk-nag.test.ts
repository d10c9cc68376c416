import { describe, expect, it } from '@jest/globals';
import { type App, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AwsSolutionsChecks } from 'cdk-nag';

import { POLICY_OF_OWNER, synthesizedVariant, type VariantName } from './seedkit-variants.js';

/** Returns the findings of cdk-nag in the form `<rule> <construct>`. */
function findings(app: App): string[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(
        (resource) => `${ruleName} ${(resource as { constructPath?: string }).constructPath}`,
      ),
    )
    .sort();
}

/** Returns the rule and the reason of each suppression. */
function reasons(app: App): [string, string][] {
  return app.node
    .findAll()
    .flatMap((construct: IConstruct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([rule, reason]) => [rule.replace(/^annotation::/i, ''), reason]);
}

describe('cdk-nag', () => {
  it.each<VariantName>(['minimal', 'unencrypted'])(
    '`cdk-nag` reports nothing for a seedkit that is %s',
    (variant) => {
      expect(findings(synthesizedVariant(variant).app)).toEqual([]);
    },
  );

  it('`cdk-nag` reports only choices of the owner for a seedkit with all options', () => {
    const { app } = synthesizedVariant('full');
    const inClientPolicy = (pattern: string) =>
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${pattern}] Seedkit/ClientPolicy/Resource`;
    const project = 'codebuild:<AWS::Region>:<AWS::AccountId>:project/other-*';
    const logGroup = (suffix: string) =>
      inClientPolicy(`logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/codebuild/${suffix}`);
    const inHandler = (handler: string, pattern: string) =>
      `AwsSolutions-IAM5[Resource::${pattern}] Seedkit/ControlPlane/Handlers/${handler}/Role/DefaultPolicy/Resource`;
    const ofOwnersRoles = (id: string) => (finding: string) => finding.includes(` Seedkit/${id}/`);
    const roles = ['Submitter', 'Reader', 'Sender', 'Releaser', 'Button'].map(ofOwnersRoles);

    expect(findings(app).filter((finding) => !roles.some((isOf) => isOf(finding)))).toEqual(
      [
        `AwsSolutions-IAM4[Policy::${POLICY_OF_OWNER}] Seedkit/Build/Role/Resource`,
        'AwsSolutions-IAM5[Resource::arn:aws:ssm:eu-central-1:123456789012:parameter/team/*] Seedkit/Build/ResourcesPolicy/Resource',
        ...['StartBuild', 'PollBuild', 'WakeRun', 'CollectOutcome', 'ReconcileRun'].map((handler) =>
          inHandler(handler, `arn:<AWS::Partition>:${project}`),
        ),
        inHandler('StartBuild', 'arn:aws:iam::123456789012:role/team-*'),
        `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${project}] Seedkit/DebuggerPolicy/Resource`,
        logGroup('other-*'),
        logGroup('other-*:*'),
        logGroup('windows:*'),
      ].sort(),
    );
  });

  it('Every suppression of cdk-nag has a reason', () => {
    for (const [rule, reason] of reasons(synthesizedVariant('full').app)) {
      expect(rule).toMatch(/^(AwsSolutions|CloudFormation-Validate)/);
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
      // Only single findings of this rule may be suppressed. Suppressing the whole rule would hide new findings.
      expect(rule).not.toBe('AwsSolutions-IAM5');
    }
  });

  it('The finding about access logs is suppressed for cdk-nag only if there are none', () => {
    const rules = (variant: VariantName) => reasons(synthesizedVariant(variant).app).map(([rule]) => rule);
    expect(rules('full')).not.toContain('AwsSolutions-S1');
    expect(rules('minimal')).toContain('AwsSolutions-S1');
  });
});
