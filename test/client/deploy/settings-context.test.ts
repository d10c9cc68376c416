import { describe, expect, it } from '@jest/globals';

import { contextToDeploy } from '../../../client/deploy/settings-context.js';
import type { DeployOptions } from '../../../client/deploy-types.js';
import { parseSeedkitContext, SEEDKIT_CONTEXT_NAMES } from '../../../lib/contract/index.js';

const vpc = {
  vpcId: 'vpc-11111111',
  subnetIds: ['subnet-11111111', 'subnet-22222222'],
  securityGroupIds: ['sg-11111111'],
};

/** A value for each setting that differs from the setting's default. */
const everything: Required<Omit<DeployOptions, 'aws' | 'roleArn' | 'onProgress' | 'signal'>> = {
  deployId: 'abcdef',
  buildImage: 'node:24',
  policyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
  permissionsBoundary: 'arn:aws:iam::aws:policy/Boundary',
  rolePath: '/roles/',
  policyPath: '/policies/',
  vpc,
  codeArtifact: true,
  encryption: false,
  dockerCredentialsSecret: 'team-docker-credentials',
  mirrorCredentialsSecret: 'team-mirror-credentials::prod',
  allow: { images: ['node:*'] },
  objectExpirationDays: 7,
  cacheExpirationDays: 3,
  accessLogsBucket: 'access-logs',
  recordExpirationDays: 30,
  logRetentionDays: 'forever',
  removalPolicy: 'destroy',
  deletionProtection: true,
  dashboard: false,
  synthesizer: 'default',
};

describe('contextToDeploy', () => {
  it('The settings cover everything that the CDK app reads', () => {
    const context = contextToDeploy('demo', undefined, everything);
    expect(Object.keys(context).sort()).toEqual([...SEEDKIT_CONTEXT_NAMES].sort());
    expect(parseSeedkitContext(context)).toMatchObject({
      ...everything,
      name: 'demo',
      logRetentionDays: 'forever',
    });
  });

  it('A setting that is left out keeps its deployed value', () => {
    const deployed = contextToDeploy('demo', undefined, everything);
    expect(contextToDeploy('demo', deployed, {})).toEqual(deployed);
  });

  it('A setting of null is reset to its default', () => {
    const { name: _, ...deployed } = contextToDeploy('demo', undefined, everything);
    const fixed = ['deployId', 'rolePath', 'policyPath', 'vpcId', 'subnetIds', 'securityGroupIds'];
    const changeable = Object.keys(deployed).filter((setting) => !fixed.includes(setting));
    for (const setting of changeable) {
      const context = contextToDeploy('demo', deployed, { [setting]: null });
      expect({ ...context, [setting]: deployed[setting] }).toEqual({ name: 'demo', ...deployed });
      expect(context).not.toHaveProperty(setting);
    }
    const { vpcId: _vpc, subnetIds: _subnets, securityGroupIds: _groups, ...outside } = deployed;
    expect(contextToDeploy('demo', deployed, { vpc: null })).toEqual({ name: 'demo', ...outside });
    expect(contextToDeploy('demo', deployed, { policyArns: [] })).not.toHaveProperty('policyArns');
  });

  it('`contextToDeploy` creates a deploy id once, accepts a given one, and never changes a deployed one', () => {
    expect(contextToDeploy('demo', undefined, {})['deployId']).toMatch(/^[a-z]{6}$/);
    expect(contextToDeploy('demo', undefined, { deployId: 'zzzzzz' })['deployId']).toBe('zzzzzz');
    expect(() => contextToDeploy('demo', { deployId: 'abcdef' }, { deployId: 'zzzzzz' })).toThrow(
      /has the deploy id abcdef/,
    );
  });

  it.each([
    [{ rolePath: '/other/' }, 'the rolePath /roles/, which AWS cannot change to /other/'],
    [{ policyPath: null }, 'the policyPath /policies/, which AWS cannot change to /'],
  ])('`contextToDeploy` refuses the change to %j, which AWS cannot make', (options, message) => {
    const deployed = { deployId: 'abcdef', rolePath: '/roles/', policyPath: '/policies/' };
    expect(() => contextToDeploy('demo', deployed, options)).toThrow(message);
    expect(contextToDeploy('demo', deployed, { rolePath: '/roles/' })).toMatchObject(deployed);
  });

  it.each([
    [{ polcyArns: [] }, 'The option polcyArns is not known. The options are vpc, aws,'],
    [{ vpc: { vpcId: 'vpc-11111111' } }, 'The VPC is not valid: subnetIds'],
  ])('`contextToDeploy` refuses %j', (options, message) => {
    const deployed = { deployId: 'abcdef', subnetIds: 'subnet-11111111', securityGroupIds: 'sg-11111111' };
    for (const context of [undefined, deployed]) {
      expect(() => contextToDeploy('demo', context, options as DeployOptions)).toThrow(message);
    }
  });
});
