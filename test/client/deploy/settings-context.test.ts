import { describe, expect, it } from '@jest/globals';

import { contextToDeploy } from '../../../client/deploy/settings-context.js';
import type { DeployOptions } from '../../../client/deploy-types.js';
import { parseSeedkitContext, SEEDKIT_CONTEXT_NAMES } from '../../../lib/contract/index.js';

const vpc = {
  vpcId: 'vpc-11111111',
  subnetIds: ['subnet-11111111', 'subnet-22222222'],
  securityGroupIds: ['sg-11111111'],
};

/** Every setting, each other than its default. */
const everything: Required<Omit<DeployOptions, 'aws' | 'onProgress' | 'signal'>> = {
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
  accessLogsBucket: 'access-logs',
  recordExpirationDays: 30,
  logRetentionDays: 'forever',
  removalPolicy: 'destroy',
  deletionProtection: true,
  dashboard: false,
};

describe('what a seedkit is deployed with', () => {
  it('can be everything that the app of a seedkit reads', () => {
    const context = contextToDeploy('demo', undefined, everything);
    expect(Object.keys(context).sort()).toEqual([...SEEDKIT_CONTEXT_NAMES].sort());
    expect(parseSeedkitContext(context)).toMatchObject({
      ...everything,
      name: 'demo',
      logRetentionDays: 'forever',
    });
  });

  it('is kept from one deployment to the next, each setting of it', () => {
    const deployed = contextToDeploy('demo', undefined, everything);
    expect(contextToDeploy('demo', deployed, {})).toEqual(deployed);
  });

  it('goes back to its default with null, each setting on its own', () => {
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

  it('makes six letters once, takes those that are given, and never changes those that are deployed', () => {
    expect(contextToDeploy('demo', undefined, {})['deployId']).toMatch(/^[a-z]{6}$/);
    expect(contextToDeploy('demo', undefined, { deployId: 'zzzzzz' })['deployId']).toBe('zzzzzz');
    expect(() => contextToDeploy('demo', { deployId: 'abcdef' }, { deployId: 'zzzzzz' })).toThrow(
      /has the deploy id abcdef/,
    );
  });

  it.each([
    [{ rolePath: '/other/' }, 'the rolePath /roles/, which AWS cannot change to /other/'],
    [{ policyPath: null }, 'the policyPath /policies/, which AWS cannot change to /'],
  ])('is not %j where AWS cannot change it any more', (options, message) => {
    const deployed = { deployId: 'abcdef', rolePath: '/roles/', policyPath: '/policies/' };
    expect(() => contextToDeploy('demo', deployed, options)).toThrow(message);
    expect(contextToDeploy('demo', deployed, { rolePath: '/roles/' })).toMatchObject(deployed);
  });

  it.each([
    [{ polcyArns: [] }, 'The option polcyArns is not known; a seedkit is deployed with vpc, aws,'],
    [{ vpc: { vpcId: 'vpc-11111111' } }, 'The VPC is not valid: subnetIds'],
  ])('is refused as %j, whatever was deployed', (options, message) => {
    const deployed = { deployId: 'abcdef', subnetIds: 'subnet-11111111', securityGroupIds: 'sg-11111111' };
    for (const context of [undefined, deployed]) {
      expect(() => contextToDeploy('demo', context, options as DeployOptions)).toThrow(message);
    }
  });
});
