import { Duration, PermissionsBoundary, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import type { SeedkitStackProps } from '../../lib/cdk.js';

type Options = Partial<SeedkitStackProps>;

/** An account that only the options name, which distinguishes their ARNs from the template's own. */
export const ELSEWHERE = '999999999999';

/** The value of each option in the account of a partition. */
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

/** Returns a different pair of the five sets after the first for each of up to ten options. */
const PLACES = [1, 2, 3, 4, 5].flatMap((first) =>
  [1, 2, 3, 4, 5].filter((second) => second > first).map((second) => [first, second]),
);

/**
 * Returns six sets of options. For any two options there is a set with both, with each alone, and with neither: all are on
 * in the first set, and each is on in two of the other five.
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

/** Returns all options in the account of a partition. */
export function everyOption(partition: string): Options {
  return Object.assign({}, ...Object.values(optionsOf(partition))) as Options;
}
