import { Duration, PermissionsBoundary, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import type { SeedkitStackProps } from '../../lib/cdk.js';

type Options = Partial<SeedkitStackProps>;

/**
 * An account that occurs only in the options, so that ARNs of the options can be told from those of the template.
 */
export const ELSEWHERE = '999999999999';

/** Returns the value of each option, with ARNs in the given partition. */
export function optionsOf(partition: string): Record<string, Options> {
  const arn = (service: string, region: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${ELSEWHERE}:${resource}`;
  return {
    unencrypted: { encryption: false },
    vpc: {
      vpc: { vpcId: 'vpc-11111111', subnetIds: ['subnet-11111111'], securityGroupIds: ['sg-11111111'] },
    },
    codeArtifact: { codeArtifact: true },
    boundary: { permissionsBoundary: PermissionsBoundary.fromArn(arn('iam', '', 'policy/boundary')) },
    paths: { rolePathPrefix: '/roles/', policyPathPrefix: '/policies/' },
    policies: { policyArns: [arn('iam', '', 'policy/builds')] },
    credentials: {
      dockerCredentialsSecret: 'team-docker-credentials',
      mirrorCredentialsSecret: 'team-mirror-credentials::prod',
    },
    allow: {
      allow: {
        roles: [arn('iam', '', 'role/builds')],
        projects: ['team-builds'],
        secrets: [arn('secretsmanager', 'eu-central-1', 'secret:team')],
        images: ['node:*'],
        privileged: true,
        debugSessions: true,
      },
    },
    retention: {
      objectExpiration: Duration.days(7),
      recordExpiration: Duration.days(10),
      logRetention: RetentionDays.INFINITE,
      accessLogsBucket: 'access-logs',
    },
    removal: { dataRemovalPolicy: RemovalPolicy.DESTROY, deletionProtection: true, dashboard: false },
  };
}

/** Pairs of the sets 1 to 5. Each option has another pair, so there can be ten options. */
const PLACES = [1, 2, 3, 4, 5].flatMap((first) =>
  [1, 2, 3, 4, 5].filter((second) => second > first).map((second) => [first, second]),
);

/**
 * Returns six sets of options. For any two options there is a set with both, one with each of them alone, and one
 * with neither: set 0 contains all options, and each option is in two of the sets 1 to 5.
 */
export function optionSets(): [string, Options][] {
  const all = Object.entries(optionsOf('aws'));
  return [0, 1, 2, 3, 4, 5].map((set) => {
    const on = all.filter((_option, index) => set === 0 || PLACES[index]?.includes(set));
    return [
      on.map(([name]) => name).join(', '),
      Object.assign({}, ...on.map(([, option]) => option)) as Options,
    ];
  });
}

/** Returns all options, with ARNs in the given partition. */
export function everyOption(partition: string): Options {
  return Object.assign({}, ...Object.values(optionsOf(partition))) as Options;
}
