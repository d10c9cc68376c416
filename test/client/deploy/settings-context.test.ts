import { describe, expect, it } from '@jest/globals';

import { contextToDeploy } from '../../../client/deploy/settings-context.js';

describe('what a seedkit is deployed with', () => {
  it('keeps what was deployed, takes what is said, and takes null back to the default', () => {
    const deployed = { deployId: 'abcdef', buildImage: 'node:24', encryption: 'false', rolePath: '/a/' };
    expect(
      contextToDeploy('demo', deployed, {
        encryption: null,
        policyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
        vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] },
      }),
    ).toEqual({
      name: 'demo',
      deployId: 'abcdef',
      buildImage: 'node:24',
      rolePath: '/a/',
      policyArns: 'arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B',
      vpcId: 'vpc-1',
      subnetIds: 'subnet-1,subnet-2',
      securityGroupIds: 'sg-1',
    });
    const network = { vpcId: 'vpc-1', subnetIds: 'subnet-1', securityGroupIds: 'sg-1', policyArns: 'x' };
    expect(Object.keys(contextToDeploy('demo', network, { vpc: null, policyArns: [] })).sort()).toEqual([
      'deployId',
      'name',
    ]);
  });

  it('makes six letters once, takes those that are given, and never changes those that are deployed', () => {
    expect(contextToDeploy('demo', {}, {})['deployId']).toMatch(/^[a-z]{6}$/);
    expect(contextToDeploy('demo', {}, { deployId: 'zzzzzz' })['deployId']).toBe('zzzzzz');
    expect(() => contextToDeploy('demo', { deployId: 'abcdef' }, { deployId: 'zzzzzz' })).toThrow(
      /has the deploy id abcdef/,
    );
  });
});
