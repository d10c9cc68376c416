import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';

import {
  settingsOf,
  withSettingFlags,
  type SettingFlags,
} from '../../../../client/cli/deploy/setting-flags.js';
import { contextToDeploy } from '../../../../client/deploy/settings-context.js';
import { SEEDKIT_CONTEXT_NAMES } from '../../../../lib/contract/index.js';

function settings(...args: readonly string[]) {
  const command = withSettingFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: 'user' });
  return settingsOf(command.opts<SettingFlags>());
}

describe('flags of deploy seedkit', () => {
  it('Without flags, `deploy seedkit` changes no setting', () => {
    expect(settings()).toEqual({});
  });

  it('The flags of `deploy seedkit` cover every setting', () => {
    const given = settings(
      ...['--policy-arn', 'arn:aws:iam::aws:policy/A', '--policy-arn', 'arn:aws:iam::aws:policy/B'],
      ...['--vpc-id', 'vpc-11111111', '--subnet-id', 'subnet-11111111', '--sg-id', 'sg-11111111'],
      ...['-b', 'arn:aws:iam::aws:policy/C', '--build-image', 'node:24', '--deploy-codeartifact'],
      ...[
        '--role-path',
        '/a/',
        '--policy-path',
        '/b/',
        '--no-encryption',
        '--allow',
        '{"images":["node:*"]}',
      ],
      ...[
        '--docker-credentials-secret',
        'a-docker-credentials',
        '--deletion-protection',
        '--deploy-id',
        'abcdef',
      ],
      ...['--mirror-credentials-secret', 'a-mirror-credentials', '--removal-policy', 'destroy'],
      ...['--access-logs-bucket', 'access-logs', '--no-dashboard', '--synthesizer', 'default'],
      ...[
        '--object-expiration-days',
        '7',
        '--cache-expiration-days',
        '3',
        '--record-expiration-days',
        '8',
        '--log-retention-days',
        'forever',
      ],
    );
    expect(Object.keys(contextToDeploy('demo', undefined, given)).sort()).toEqual(
      [...SEEDKIT_CONTEXT_NAMES].sort(),
    );
    expect(given).toMatchObject({
      deployId: 'abcdef',
      policyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B'],
      encryption: false,
      codeArtifact: true,
      deletionProtection: true,
      allow: { images: ['node:*'] },
      objectExpirationDays: 7,
      cacheExpirationDays: 3,
      accessLogsBucket: 'access-logs',
      dashboard: false,
      synthesizer: 'default',
    });
  });

  it('The `--no-` flags of `deploy seedkit` reset settings to their defaults', () => {
    expect(
      settings(
        ...['--no-policies', '--no-vpc', '--no-permissions-boundary', '--no-build-image', '--no-allow'],
        ...['--no-docker-credentials-secret', '--no-mirror-credentials-secret', '--skip-codeartifact'],
        ...['--encryption', '--no-deletion-protection', '--no-access-logs-bucket', '--dashboard'],
      ),
    ).toEqual({
      ...{ policyArns: null, vpc: null, permissionsBoundary: null, buildImage: null, allow: null },
      ...{ dockerCredentialsSecret: null, mirrorCredentialsSecret: null, codeArtifact: false },
      ...{ encryption: true, deletionProtection: false, accessLogsBucket: null, dashboard: true },
    });
  });

  it.each([
    [['--policy-arn', 'arn', '--no-policies'], /--no-policies' cannot be used with option '--policy-arn/],
    [['--subnet-id', 's', '--no-vpc'], /--no-vpc' cannot be used with option '--subnet-id/],
    [['--deploy-codeartifact', '--skip-codeartifact'], /cannot be used with/],
    [['--vpc-id', 'vpc-11111111'], /subnetIds and securityGroupIds are missing/],
    [
      ['--object-expiration-days', '0'],
      /--object-expiration-days takes a whole number of days from 1 to 9999, not "0"/,
    ],
    [['--log-retention-days', 'ever'], /from 1 to 9999 or `forever`, not "ever"/],
    [['--removal-policy', 'keep'], /Allowed choices are retain, destroy/],
    [['--allow', '{'], /allow list is not JSON/],
    [['--allow', '{"rolls":[]}'], /rolls/],
  ])('`deploy seedkit` refuses the flags %j', (args, message) => {
    expect(() => settings(...args)).toThrow(message);
  });
});
