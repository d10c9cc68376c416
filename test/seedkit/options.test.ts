import { describe, expect, it } from '@jest/globals';
import { Fn, PermissionsBoundary, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';

import { permissionsOf, statementsById, statementsOf } from './statements.js';
import {
  synthesizedTemplate,
  type SynthesizedTemplate,
  type TemplateResource,
} from './synthesized-template.js';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-11111111', 'subnet-22222222'],
  securityGroupIds: ['sg-11111111'],
};
const ec2 = (resource: string, account = '123456789012', region = 'eu-central-1') =>
  `arn:aws:ec2:${region}:${account}:${resource}`;

const plain = synthesizedTemplate();

function ofType(template: SynthesizedTemplate, type: string): TemplateResource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}

function project(template: SynthesizedTemplate): Record<string, unknown> {
  return ofType(template, 'AWS::CodeBuild::Project')[0]!.Properties;
}

describe('policyArns', () => {
  it("`policyArns` are attached to the build role beside the seedkit's own policy", () => {
    const template = synthesizedTemplate({ policyArns: [READ_ONLY] });
    const role = ofType(template, 'AWS::IAM::Role').find(({ Properties }) => Properties['RoleName']);
    expect(role?.Properties['ManagedPolicyArns']).toEqual([
      { Ref: expect.stringMatching(/^BuildResourcesPolicy/) },
      READ_ONLY,
    ]);
  });

  it('`policyArns` may be known only at deployment', () => {
    const arn = { 'Fn::ImportValue': 'team-policy' };
    const template = synthesizedTemplate({ policyArns: [Fn.importValue('team-policy')] });
    const role = ofType(template, 'AWS::IAM::Role').find(({ Properties }) => Properties['RoleName']);
    expect(role?.Properties['ManagedPolicyArns']).toContainEqual(arn);
  });

  it.each([
    [['ReadOnlyAccess'], /must be the ARN of a managed policy/],
    [[READ_ONLY, READ_ONLY], /must name each policy once/],
    [['arn:aws:iam::123456789012:role/x'], /must be the ARN of a managed policy/],
  ])('The construct refuses the policy ARNs or path %j', (policyArns, message) => {
    expect(() => synthesizedTemplate({ policyArns })).toThrow(message);
  });
});

describe('permissionsBoundary', () => {
  it('`permissionsBoundary` applies to every role', () => {
    const arn = 'arn:aws:iam::123456789012:policy/boundary';
    const template = synthesizedTemplate({ permissionsBoundary: PermissionsBoundary.fromArn(arn) });
    const boundaries = ofType(template, 'AWS::IAM::Role').map(
      ({ Properties }) => Properties['PermissionsBoundary'],
    );
    expect(boundaries.length).toBeGreaterThan(7);
    expect(new Set(boundaries)).toEqual(new Set([arn]));
  });

  it('Without permissionsBoundary, no role has one', () => {
    expect(JSON.stringify(plain)).not.toContain('PermissionsBoundary');
  });
});

describe('path prefixes', () => {
  const template = synthesizedTemplate({ rolePathPrefix: '/roles/', policyPathPrefix: '/team/policies/' });
  const pathsOf = (type: string) => ofType(template, type).map(({ Properties }) => Properties['Path']);

  it('The path prefixes apply to every role and managed policy', () => {
    expect(new Set(pathsOf('AWS::IAM::Role'))).toEqual(new Set(['/roles/']));
    expect(new Set(pathsOf('AWS::IAM::ManagedPolicy'))).toEqual(new Set(['/team/policies/']));
  });

  it('The path prefixes do not change a role that has its own path', () => {
    const extended = synthesizedTemplate({ rolePathPrefix: '/roles/' }, (stack) => {
      new Role(stack, 'Mine', { path: '/mine/', assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    });
    const mine = Object.entries(extended.Resources).find(([id]) => id.startsWith('Mine'));
    expect(mine?.[1].Properties['Path']).toBe('/mine/');
  });

  it('With a path prefix, the project names its role by the ARN', () => {
    expect(project(template)['ServiceRole']).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^BuildRole/), 'Arn'],
    });
  });

  it.each(['team/', '/team', '/a b/', '//', `/${'a'.repeat(512)}/`])(
    'The construct refuses the policy ARNs or path %j',
    (prefix) => {
      expect(() => synthesizedTemplate({ rolePathPrefix: prefix })).toThrow(/role path prefix .* a path/);
      expect(() => synthesizedTemplate({ policyPathPrefix: prefix })).toThrow(/policy path prefix .* a path/);
    },
  );
});

describe('vpc', () => {
  const template = synthesizedTemplate({ vpc: VPC });

  it('Builds run in the VPC that is given by its ids', () => {
    expect(project(template)['VpcConfig']).toEqual({
      VpcId: VPC.vpcId,
      Subnets: VPC.subnetIds,
      SecurityGroupIds: VPC.securityGroupIds,
    });
  });

  it('CodeBuild may create network interfaces only in the given subnets', () => {
    const statements = statementsOf(template, 'BuildResourcesPolicy');
    const subnets = VPC.subnetIds.map((id) => ec2(`subnet/${id}`, '*', '*'));
    const securityGroup = ec2('security-group/sg-11111111', '*', '*');
    const network = [...subnets, ec2('network-interface/*'), securityGroup].sort();
    const everything = permissionsOf(statements);
    expect(
      Object.fromEntries(Object.entries(everything).filter(([name]) => name.startsWith('ec2:'))),
    ).toEqual({
      'ec2:DescribeDhcpOptions': ['*'],
      'ec2:DescribeNetworkInterfaces': ['*'],
      'ec2:DescribeSecurityGroups': ['*'],
      'ec2:DescribeSubnets': ['*'],
      'ec2:DescribeVpcs': ['*'],
      'ec2:CreateNetworkInterface': network,
      // Shares the statement of CreateNetworkInterface. IAM checks a deletion against the network interface only.
      'ec2:DeleteNetworkInterface': network,
      'ec2:CreateNetworkInterfacePermission': [ec2('network-interface/*')],
    });
    expect(statements.find(({ sid }) => sid === 'LendInterface')?.condition).toEqual({
      StringEquals: { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' },
      ArnLike: { 'ec2:Subnet': subnets },
    });
  });

  it('Without vpc, the template has no network', () => {
    expect(project(plain)).not.toHaveProperty('VpcConfig');
    expect(JSON.stringify(plain)).not.toContain('ec2:');
  });

  it.each([
    [{ vpcId: VPC.vpcId }, /subnetIds and securityGroupIds are missing/],
    [{ vpcId: VPC.vpcId, subnetIds: VPC.subnetIds }, /securityGroupIds is missing/],
    [{ ...VPC, vpcId: 'my-vpc' }, /vpcId: must be an id such as vpc-0123456789abcdef0/],
    [{ ...VPC, subnetIds: [] }, /subnetIds: a VPC needs at least one subnet/],
    [{ ...VPC, subnetIds: ['subnet-1'] }, /subnetIds\[0\]: must be an id such as subnet-/],
    [{ ...VPC, securityGroupIds: Array(6).fill('sg-11111111') }, /at most 5 security groups/],
  ])('The construct refuses the VPC %j', (vpc, message) => {
    expect(() => synthesizedTemplate({ vpc: vpc as typeof VPC })).toThrow(message);
  });
});

describe('codeArtifact', () => {
  const template = synthesizedTemplate({ codeArtifact: true });
  const arn = (resource: string) => `arn:aws:codeartifact:eu-central-1:123456789012:${resource}`;
  const get = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Name'] });

  it('The CodeArtifact domain uses the key and has one repository with the packages of PyPI and npm', () => {
    const [domain] = ofType(template, 'AWS::CodeArtifact::Domain');
    expect(domain).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        DomainName: 'aws-codeseeder-demo',
        EncryptionKey: { 'Fn::GetAtt': [expect.stringMatching(/^EncryptionKey/), 'Arn'] },
      },
    });
    const repositories = ofType(template, 'AWS::CodeArtifact::Repository');
    expect(repositories.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({ RepositoryName: 'npm-repository', ExternalConnections: ['public:npmjs'] }),
      expect.objectContaining({
        DomainName: get('^PackagesDomain'),
        RepositoryName: 'python-repository',
        ExternalConnections: ['public:pypi'],
        Upstreams: [get('^PackagesNpmRepository')],
      }),
    ]);
    for (const { DeletionPolicy } of repositories) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('The outputs name domain and repository as clients of aws-codeseeder expect', () => {
    expect(template.Outputs).toMatchObject({
      CodeArtifactDomain: {
        Value: get('^PackagesDomain'),
        Export: { Name: 'codeseeder-demo-codeartifact-domain' },
      },
      CodeArtifactRepository: {
        Value: get('^PackagesRepository'),
        Export: { Name: 'codeseeder-demo-codeartifact-repository' },
      },
    });
  });

  it('Builds may log in to CodeArtifact and read packages, and publish none', () => {
    const statements = statementsOf(template, 'BuildResourcesPolicy');
    const repository = [arn('repository/aws-codeseeder-demo/python-repository')];
    const permissions = Object.entries(permissionsOf(statements));
    const ofPackages = permissions.filter(([action]) => /^(codeartifact|sts):/.test(action));
    expect(Object.fromEntries(ofPackages)).toEqual({
      'codeartifact:GetAuthorizationToken': [arn('domain/aws-codeseeder-demo')],
      'codeartifact:GetRepositoryEndpoint': repository,
      'codeartifact:ReadFromRepository': repository,
      'sts:GetServiceBearerToken': ['*'],
    });
    expect(statements.find(({ sid }) => sid === 'GetToken')?.condition).toEqual({
      StringEquals: { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' },
    });
  });

  it('CodeArtifact follows the removal policy, and uses its own key without encryption', () => {
    const bare = synthesizedTemplate({
      codeArtifact: true,
      encryption: false,
      dataRemovalPolicy: RemovalPolicy.DESTROY,
    });
    const [domain] = ofType(bare, 'AWS::CodeArtifact::Domain');
    expect(domain?.Properties).not.toHaveProperty('EncryptionKey');
    expect(domain?.DeletionPolicy).toBe('Delete');
  });

  it('Without codeArtifact, the template has no domain', () => {
    expect(JSON.stringify(plain)).not.toMatch(/codeartifact/i);
  });
});

describe('encryption: false', () => {
  it('Without encryption, each service uses its default encryption', () => {
    const bare = synthesizedTemplate({ encryption: false });
    const [bucket] = ofType(bare, 'AWS::S3::Bucket');
    expect(JSON.stringify(bucket?.Properties['BucketEncryption'])).toContain('"SSEAlgorithm":"AES256"');
    expect(ofType(bare, 'AWS::SQS::Queue')[0]?.Properties).toMatchObject({ SqsManagedSseEnabled: true });
    for (const [type, property] of [
      ['AWS::DynamoDB::Table', 'SSESpecification'],
      ['AWS::Events::EventBus', 'KmsKeyIdentifier'],
      ['AWS::Logs::LogGroup', 'KmsKeyId'],
    ] as const) {
      const resources = ofType(bare, type);
      expect(resources).not.toHaveLength(0);
      for (const { Properties } of resources) expect(Properties).not.toHaveProperty(property);
    }
    expect(project(bare)['EncryptionKey']).toBe('alias/aws/s3');
  });
});

describe('policies with every option', () => {
  const template = synthesizedTemplate({
    seedkitName: 'a'.repeat(27),
    codeArtifact: true,
    vpc: {
      vpcId: VPC.vpcId,
      subnetIds: Array.from({ length: 16 }, (_, i) => `subnet-${String(i).padStart(17, '0')}`),
      securityGroupIds: Array.from({ length: 5 }, (_, i) => `sg-${String(i).padStart(17, '0')}`),
    },
  });

  it("Every policy fits into IAM's limit with every option", () => {
    const statements = statementsOf(template, 'BuildResourcesPolicy');
    expect(JSON.stringify(statements).length).toBeLessThanOrEqual(6_144);
  });

  it('No policy allows an action by a wildcard', () => {
    const allowed = Object.values(statementsById(template))
      .flat()
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions }) => actions);
    expect(allowed.filter((action) => action.includes('*'))).toEqual([]);
  });
});
