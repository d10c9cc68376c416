import { describe, expect, it } from '@jest/globals';

import { resolved } from '../seedkit/resolved-template.js';
import { statementsById, type Statement } from '../seedkit/statements.js';
import { SCHEDULER_ROLE } from './account.js';
import { synthesizedVariant, VARIANT_NAMES, type VariantName } from './seedkit-variants.js';

const NO_RESOURCE = 'The action takes no resource.';
const THE_KEY_ITSELF = 'In a key’s own policy the resource is the key.';

/**
 * The actions that may be allowed for all resources, with the reason, by the type of the resource that has the
 * policy.
 */
const ANY_RESOURCE: Record<string, Record<string, string>> = {
  'AWS::IAM::Policy': {
    'logs:CreateLogDelivery': NO_RESOURCE,
    'logs:GetLogDelivery': NO_RESOURCE,
    'logs:UpdateLogDelivery': NO_RESOURCE,
    'logs:DeleteLogDelivery': NO_RESOURCE,
    'logs:ListLogDeliveries': NO_RESOURCE,
    'logs:PutResourcePolicy': NO_RESOURCE,
    'logs:DescribeResourcePolicies': NO_RESOURCE,
    'logs:DescribeLogGroups': NO_RESOURCE,
    'xray:PutTraceSegments': NO_RESOURCE,
    'xray:PutTelemetryRecords': NO_RESOURCE,
    'xray:GetSamplingRules': NO_RESOURCE,
    'xray:GetSamplingTargets': NO_RESOURCE,
    'ssmmessages:CreateControlChannel': NO_RESOURCE,
    'ssmmessages:CreateDataChannel': NO_RESOURCE,
    'ssmmessages:OpenControlChannel': NO_RESOURCE,
    'ssmmessages:OpenDataChannel': NO_RESOURCE,
  },
  'AWS::IAM::ManagedPolicy': {
    'ec2:DescribeDhcpOptions': NO_RESOURCE,
    'ec2:DescribeNetworkInterfaces': NO_RESOURCE,
    'ec2:DescribeSecurityGroups': NO_RESOURCE,
    'ec2:DescribeSubnets': NO_RESOURCE,
    'ec2:DescribeVpcs': NO_RESOURCE,
    'ecr:GetAuthorizationToken': NO_RESOURCE,
    'sts:GetServiceBearerToken': NO_RESOURCE,
  },
  'AWS::KMS::Key': { '(any)': THE_KEY_ITSELF },
};

/**
 * Condition keys with which a statement for a service must name the source. For a service without such keys, the
 * reason why it is trusted.
 */
const SOURCES: Record<string, RegExp | string> = {
  'codebuild.amazonaws.com': /^(aws:SourceAccount,)aws:SourceArn$/,
  'states.amazonaws.com': /^(aws:SourceAccount,)aws:SourceArn$/,
  'scheduler.amazonaws.com': /^aws:SourceAccount,aws:SourceArn$/,
  'events.amazonaws.com': /aws:SourceArn/,
  'logs.eu-central-1.amazonaws.com': /^kms:EncryptionContext:aws:logs:arn$/,
  'lambda.amazonaws.com':
    'Lambda documents no source for it, and a role can only be passed to Lambda within its own account.',
};

/** Returns each statement with the type of the resource that has it. */
function statements(variant: VariantName): [string, Statement][] {
  const { template } = synthesizedVariant(variant);
  return Object.entries(statementsById(template)).flatMap(([logicalId, found]) =>
    found.map((statement): [string, Statement] => [template.Resources[logicalId]!.Type, statement]),
  );
}

function allowing(variant: VariantName): [string, Statement][] {
  return statements(variant).filter(([, { effect }]) => effect === 'Allow');
}

function conditionKeys(condition: unknown): string[] {
  const operators = Object.values((condition ?? {}) as Record<string, object>);
  return operators.flatMap((keys) => Object.keys(keys)).sort();
}

describe.each(VARIANT_NAMES)('Policies of a seedkit that is %s', (variant) => {
  it('Every policy is read by this test', () => {
    const types = new Set(statements(variant).map(([type]) => type));
    expect([...types].sort()).toEqual(
      [
        'AWS::Events::EventBusPolicy',
        'AWS::IAM::ManagedPolicy',
        'AWS::IAM::Policy',
        'AWS::IAM::Role',
        ...(variant === 'unencrypted' ? [] : ['AWS::KMS::Key']),
        'AWS::S3::BucketPolicy',
        'AWS::SQS::QueuePolicy',
      ].sort(),
    );
  });

  it('Every policy allows actions by their whole names', () => {
    const actions = allowing(variant).flatMap(([, statement]) => statement.actions);
    expect(actions.length).toBeGreaterThan(50);
    for (const action of actions) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
  });

  it('No policy uses NotAction, NotResource or NotPrincipal', () => {
    const text = JSON.stringify(synthesizedVariant(variant).template);
    expect(text).not.toMatch(/"Not(Action|Resource|Principal)"/);
  });

  it('Only the listed actions are allowed on any resource', () => {
    const anywhere = allowing(variant).filter(([, { resources }]) => resources.includes('*'));
    expect(anywhere).not.toEqual([]);
    for (const [type, { actions }] of anywhere) {
      const reasons = ANY_RESOURCE[type] ?? {};
      for (const action of actions) {
        expect([action, reasons[action] ?? reasons['(any)']]).toEqual([action, expect.any(String)]);
      }
    }
  });

  it('No statement allows every principal', () => {
    const denied = { AWS: '*' };
    for (const [, { effect, principal }] of statements(variant)) {
      if (effect === 'Deny') expect([undefined, denied]).toContainEqual(principal);
      else expect(JSON.stringify(principal ?? null)).not.toContain('"*"');
    }
  });

  it('A service is admitted only for resources of this seedkit', () => {
    const services = statements(variant).flatMap(([, { principal, condition }]) => {
      const { Service } = (principal ?? {}) as { Service?: string };
      return Service === undefined ? [] : [[Service, conditionKeys(condition).join()] as const];
    });
    expect(services.length).toBeGreaterThan(8);
    for (const [service, keys] of services) {
      const source = SOURCES[service];
      if (typeof source === 'string') expect(keys).toBe('');
      else expect([service, keys]).toEqual([service, expect.stringMatching(source ?? /never/)]);
    }
  });

  it('EventBridge may invoke each handler for one rule only', () => {
    const { template } = synthesizedVariant(variant);
    const permissions = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Lambda::Permission')
      .map(({ Properties }) => resolved(template, Properties));
    expect(permissions.length).toBeGreaterThanOrEqual(4);
    for (const permission of permissions) {
      expect(permission).toMatchObject({
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: expect.stringMatching(/^arn:aws:events:eu-central-1:123456789012:rule\/|^\$\{/),
      });
    }
  });

  it('The role of schedules may be passed, and only to EventBridge Scheduler', () => {
    const passing = allowing(variant).filter(([, { sid }]) => sid === 'PassSchedulerRole');
    expect(passing.map(([, statement]) => statement)).toEqual([
      expect.objectContaining({
        actions: ['iam:PassRole'],
        resources: [SCHEDULER_ROLE],
        condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    ]);
  });

  it('Only the roles that the owner lists may be passed otherwise, and only to CodeBuild', () => {
    const passing = allowing(variant).filter(
      ([, { sid, actions }]) => sid !== 'PassSchedulerRole' && actions.includes('iam:PassRole'),
    );
    expect(passing).toHaveLength(variant === 'full' ? 1 : 0);
    for (const [, statement] of passing) {
      expect(statement).toMatchObject({
        sid: 'PassAllowedRoles',
        actions: ['iam:PassRole'],
        resources: ['arn:aws:iam::123456789012:role/deployer', 'arn:aws:iam::123456789012:role/team-*'],
        condition: { StringEquals: { 'iam:PassedToService': 'codebuild.amazonaws.com' } },
      });
    }
  });
});

describe('The list of actions on any resource', () => {
  it('The list of actions on any resource has only actions in use', () => {
    const used = VARIANT_NAMES.flatMap(allowing)
      .filter(([, { resources }]) => resources.includes('*'))
      .flatMap(([type, { actions }]) => actions.map((action) => `${type} ${action}`));
    const listed = Object.entries(ANY_RESOURCE).flatMap(([type, actions]) =>
      Object.keys(actions).map((action) => `${type} ${action}`),
    );
    expect(listed.filter((entry) => !entry.endsWith('(any)') && !used.includes(entry))).toEqual([]);
  });
});
