import { describe, expect, it } from '@jest/globals';

import { parseSeedkitContext, SEEDKIT_CONTEXT_NAMES } from '../../lib/contract/index.js';

const parse = (context: Record<string, unknown>) => parseSeedkitContext({ name: 'demo', ...context });

const policies = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::aws:policy/P${index}`).join(',');

describe('the context of a seedkit’s app', () => {
  it("The context of a seedkit's app is parsed to the options of the seedkit", () => {
    expect(
      parse({
        policyArns: 'arn:aws:iam::aws:policy/ReadOnlyAccess, arn:aws-cn:iam::123456789012:policy/a/b',
        vpcId: 'vpc-11111111',
        subnetIds: 'subnet-11111111,subnet-22222222',
        securityGroupIds: 'sg-0123456789abcdef0',
        codeArtifact: 'true',
        encryption: 'false',
        allow: '{"privileged":true}',
        logRetentionDays: '90',
        accessLogsBucket: 'team.access-logs',
        dashboard: 'false',
        objectExpirationDays: '7',
      }),
    ).toEqual({
      name: 'demo',
      policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws-cn:iam::123456789012:policy/a/b'],
      vpc: {
        vpcId: 'vpc-11111111',
        subnetIds: ['subnet-11111111', 'subnet-22222222'],
        securityGroupIds: ['sg-0123456789abcdef0'],
      },
      codeArtifact: true,
      encryption: false,
      allow: {
        roles: [],
        projects: [],
        fleets: [],
        secrets: [],
        images: [],
        privileged: true,
        debugSessions: false,
      },
      logRetentionDays: 90,
      accessLogsBucket: 'team.access-logs',
      dashboard: false,
      objectExpirationDays: 7,
    });
    expect(parse({ logRetentionDays: 'forever' }).logRetentionDays).toBe('forever');
  });

  it("The context of a seedkit's app accepts the longest role path, 24 policies and the version stage of a secret", () => {
    const rolePath = `/${'a'.repeat(153)}/`;
    const dockerCredentialsSecret =
      'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:team/a-docker-credentials-AbCdEf::prod';
    expect(parse({ rolePath, dockerCredentialsSecret })).toMatchObject({ rolePath, dockerCredentialsSecret });
    expect(parse({ policyArns: policies(24) }).policyArns).toHaveLength(24);
  });

  it("The context of a seedkit's app sets no option that is not given", () => {
    expect(parse({})).toEqual({ name: 'demo' });
  });

  it.each([
    [{ deployId: 'ABC' }, 'deployId "ABC" is not valid: a deploy id is six lower-case letters'],
    [{ buildImage: '' }, 'buildImage "" is not valid: must be an image'],
    [{ policyArns: '' }, 'policyArns "" is not valid: [0]: must be the ARN of a managed policy'],
    [{ policyArns: 'arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/A' }, 'must name each policy once'],
    [{ policyArns: policies(25) }, '24 further ones at most, and 9 unless the account'],
    [
      { permissionsBoundary: 'boundary' },
      'permissionsBoundary "boundary" is not valid: must be the ARN of a managed',
    ],
    [{ permissionsBoundary: 'arn:aws:iam::12:policy/x' }, 'must be the ARN of a managed policy'],
    [{ rolePath: 'team' }, 'rolePath "team" is not valid: must be a path'],
    [{ policyPath: '/a//b/' }, 'policyPath "/a//b/" is not valid: must be a path'],
    [{ rolePath: `/${'a'.repeat(154)}/` }, 'at most 155 characters, because Step Functions refuses a role'],
    [{ policyPath: `/${'a'.repeat(511)}/` }, 'a path of policies has at most 512 characters'],
    [{ dockerCredentialsSecret: 'a b' }, 'must be the name or ARN of a secret'],
    [{ mirrorCredentialsSecret: 'a b-mirror-credentials' }, 'must be the name or ARN of a secret'],
    [{ vpcId: 'vpc-1' }, 'vpcId "vpc-1" is not valid: must be an id such as vpc-'],
    [{ subnetIds: 'subnet-11111111,' }, 'an id such as subnet-'],
    [{ securityGroupIds: 'vpc-11111111' }, 'an id such as sg-'],
    [{ vpcId: 'vpc-11111111' }, 'subnetIds and securityGroupIds are missing'],
    [{ vpcId: 'vpc-11111111', subnetIds: 'subnet-11111111' }, 'securityGroupIds is missing'],
    [{ securityGroupIds: 'sg-11111111', subnetIds: 'subnet-11111111' }, 'vpcId is missing'],
    [{ codeArtifact: 'yes' }, 'codeArtifact "yes" is not valid: must be true or false'],
    [{ encryption: 'off' }, 'encryption "off" is not valid: must be true or false'],
    [{ allow: '{' }, 'allow list is not JSON'],
    [{ allow: '{"rolls":[]}' }, 'Unrecognized key: "rolls"'],
    [{ objectExpirationDays: '0' }, 'a whole number of days from 1 to 9999'],
    [{ recordExpirationDays: '1.5' }, 'a whole number of days'],
    [{ logRetentionDays: '8' }, 'must be forever, or a number of days'],
    [
      { accessLogsBucket: 'a..logs' },
      'accessLogsBucket "a..logs" is not valid: must be the name of a bucket',
    ],
    [{ accessLogsBucket: 'Logs' }, '3 to 63 lower-case letters'],
    [{ dashboard: 'no' }, 'dashboard "no" is not valid: must be true or false'],
    [{ removalPolicy: 'snapshot' }, 'must be retain or destroy'],
    [{ encryption: false }, 'context "encryption" is not text'],
    [{ vpcID: 'vpc-11111111' }, 'context "vpcID" is not known; the seedkit app reads name, deployId'],
    [{ toString: 'x' }, 'context "toString" is not known'],
  ])("The context of a seedkit's app is refused when it has %j", (context, message) => {
    expect(() => parse(context)).toThrow(message);
  });

  it('The message for an unknown entry of the context names every known entry', () => {
    expect(() => parse({ other: 'x' })).toThrow(SEEDKIT_CONTEXT_NAMES.join(', '));
  });

  it("The context of a seedkit's app is refused without a name, and the message shows how to set it", () => {
    expect(() => parseSeedkitContext({ encryption: 'false' })).toThrow('cdk synth -c name=demo');
  });
});
