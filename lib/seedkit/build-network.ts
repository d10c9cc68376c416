import { Stack, Token } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { buildVpcSchema, parseWith, wholeVpc, type BuildVpc } from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';

/**
 * Checks the network of builds, unless one of its ids is known only at deployment.
 *
 * @throws CodeseederError `InvalidRequest` that names the missing or malformed id
 */
export function parseBuildVpc(vpc: Readonly<BuildVpc>): BuildVpc {
  const whole = wholeVpc(vpc) ?? vpc;
  const ids = [whole.vpcId, ...whole.subnetIds, ...whole.securityGroupIds];
  return ids.some((id) => Token.isUnresolved(id)) ? whole : parseWith(buildVpcSchema, whole, 'VPC');
}

/**
 * Returns the rights that CodeBuild needs to create a network interface for a build in the subnets. Creating is limited
 * to the given subnets and security groups; a shared subnet may belong to another account.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
 */
export function networkAccess(scope: Construct, vpc: BuildVpc): PolicyStatement[] {
  const arns = (
    resource: string,
    ids: readonly string[],
    place: { account?: string; region?: string } = {},
  ) =>
    ids.map((resourceName) =>
      Stack.of(scope).formatArn({
        service: 'ec2',
        resource,
        resourceName,
        ...place,
      }),
    );
  const interfaces = arns('network-interface', ['*']);
  // The ids are unique across accounts and regions. Without both, the ARNs of sixteen subnets are short enough for the
  // policy.
  const anywhere = { account: '*', region: '*' };
  const subnets = arns('subnet', vpc.subnetIds, anywhere);
  const securityGroups = arns('security-group', vpc.securityGroupIds, anywhere);
  return [
    allow(
      'LookAtNetwork',
      [
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      ['*'],
      'Describing takes no resource.',
    ),
    // One statement, because a managed policy has at most 6,144 characters. IAM checks a deletion against the interface
    // only.
    allow(
      'JoinAndLeaveNetwork',
      ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      [...interfaces, ...subnets, ...securityGroups],
      'An interface has no name before it is made, and a shared subnet lies in its owner’s account.',
    ),
    allow(
      'LendInterface',
      ['ec2:CreateNetworkInterfacePermission'],
      interfaces,
      'CodeBuild makes an interface for each build, and AWS names it.',
    )
      .when('StringEquals', { 'ec2:AuthorizedService': 'codebuild.amazonaws.com' })
      .when('ArnLike', { 'ec2:Subnet': subnets }),
  ];
}
