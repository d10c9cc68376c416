import { type Command, Option } from 'commander';

import {
  allowListSchema,
  parseJson,
  parseWith,
  wholeVpc,
  type AllowList,
} from '../../../lib/contract/index.js';
import type { DeployOptions, SeedkitSettings } from '../../deploy-types.js';
import { UsageError } from '../exit-code.js';
import { inGroup } from '../help/command-help.js';
import { collect } from '../run/collect.js';

/** Settings and deploy id of a deployment. */
export type SettingsToDeploy = SeedkitSettings & Pick<DeployOptions, 'deployId'>;

/** Values of the flags for settings. A flag that starts with `--no-` sets `false`. */
export interface SettingFlags {
  readonly deployId?: string | undefined;
  readonly policyArn?: readonly string[] | undefined;
  readonly policies?: boolean | undefined;
  readonly deployCodeartifact?: boolean | undefined;
  readonly skipCodeartifact?: boolean | undefined;
  readonly vpcId?: string | undefined;
  readonly subnetId?: readonly string[] | undefined;
  readonly sgId?: readonly string[] | undefined;
  readonly vpc?: boolean | undefined;
  readonly permissionsBoundaryArn?: string | undefined;
  readonly permissionsBoundary?: boolean | undefined;
  readonly buildImage?: string | false | undefined;
  readonly rolePath?: string | undefined;
  readonly policyPath?: string | undefined;
  readonly encryption?: boolean | undefined;
  readonly dockerCredentialsSecret?: string | false | undefined;
  readonly mirrorCredentialsSecret?: string | false | undefined;
  readonly allow?: string | false | undefined;
  readonly objectExpirationDays?: number | undefined;
  readonly cacheExpirationDays?: number | undefined;
  readonly accessLogsBucket?: string | false | undefined;
  readonly recordExpirationDays?: number | undefined;
  readonly logRetentionDays?: number | 'forever' | undefined;
  readonly removalPolicy?: 'retain' | 'destroy' | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly dashboard?: boolean | undefined;
  readonly synthesizer?: 'default' | 'cli' | undefined;
}

/** Adds a flag for each setting, and for some also one that resets the setting to its default. */
export function withSettingFlags(command: Command): Command {
  inGroup(command, 'Rights', addRightsFlags);
  inGroup(command, 'Network', addNetworkFlags);
  inGroup(command, 'Builds', addBuildFlags);
  inGroup(command, 'Data and logs', addDataFlags);
  return inGroup(command, 'Stack', addStackFlags);
}

/** Creates the flag that resets a setting to its default. It conflicts with the flags that set it. */
function reset(flags: string, description: string, ...others: string[]): Option {
  return new Option(flags, description).conflicts(others);
}

function addRightsFlags(command: Command): void {
  command
    .option(
      '--policy-arn <arn>',
      'managed policy of the build role (repeatable: the list replaces the deployed one)',
      collect,
    )
    .addOption(reset('--no-policies', "no managed policies besides the seedkit's own", 'policyArn'))
    .option('-b, --permissions-boundary-arn <arn>', 'permissions boundary of every role of the seedkit')
    .addOption(reset('--no-permissions-boundary', 'no permissions boundary', 'permissionsBoundaryArn'))
    .option(
      '--allow <json>',
      'resources that requests may use besides the seedkit\'s own, such as {"images":["node:*"]}',
    )
    .option('--no-allow', "no resources besides the seedkit's own")
    .option(
      '--role-path <path>',
      'path of every role, such as /team/; cannot change after the first deployment',
    )
    .option('--policy-path <path>', 'path of every managed policy; cannot change after the first deployment');
}

function addNetworkFlags(command: Command): void {
  command
    .option('--vpc-id <id>', 'VPC that builds run in; needs --subnet-id and --sg-id')
    .option('--subnet-id <id>', 'subnet of the VPC (repeatable)', collect)
    .option('--sg-id <id>', 'security group in the VPC (repeatable)', collect)
    .addOption(reset('--no-vpc', "builds in CodeBuild's own network", 'vpcId', 'subnetId', 'sgId'));
}

function addBuildFlags(command: Command): void {
  command
    .option('--build-image <image>', 'docker image of builds whose request names none')
    .option('--no-build-image', 'the default image')
    .option('--deploy-codeartifact', 'with a CodeArtifact domain and repository for packages')
    .addOption(reset('--skip-codeartifact', 'without CodeArtifact', 'deployCodeartifact'))
    .option(
      '--docker-credentials-secret <secret>',
      'secret with the credentials for docker login in every build',
    )
    .option('--no-docker-credentials-secret', 'no secret for docker login')
    .option('--mirror-credentials-secret <secret>', 'secret with credentials of package mirrors')
    .option('--no-mirror-credentials-secret', 'no secret for package mirrors');
}

function addDataFlags(command: Command): void {
  const days = (flag: string) => (text: string) => parseDays(text, flag);
  command
    .option('--encryption', "encrypt the data with a key of the seedkit's own (default)")
    .option('--no-encryption', "encrypt the data with AWS's keys")
    .option(
      '--object-expiration-days <days>',
      'age at which bundles and the files of runs are deleted',
      days('--object-expiration-days'),
    )
    .option(
      '--cache-expiration-days <days>',
      'age at which the caches of builds are deleted',
      days('--cache-expiration-days'),
    )
    .option(
      '--record-expiration-days <days>',
      "age at which a run's record is deleted",
      days('--record-expiration-days'),
    )
    .option('--log-retention-days <days>', 'days that logs are kept, or forever', parseRetention)
    .option('--access-logs-bucket <name>', "bucket for the access logs of the seedkit's bucket")
    .option('--no-access-logs-bucket', 'no access logs')
    .addOption(
      new Option('--removal-policy <policy>', 'whether data is kept when the stack is deleted').choices([
        'retain',
        'destroy',
      ]),
    )
    .option('--deletion-protection', 'protect the run table from deletion')
    .option('--no-deletion-protection', 'let the run table be deleted (default)');
}

function addStackFlags(command: Command): void {
  command
    .option(
      '--deploy-id <letters>',
      'six letters in the names of bucket and key; cannot change after the first deployment',
    )
    .option('--dashboard', 'with a CloudWatch dashboard (default)')
    .option('--no-dashboard', 'without a dashboard')
    .addOption(
      new Option(
        '--synthesizer <synthesizer>',
        'rights to deploy with: cli (default) your own, default those of the roles that cdk bootstrap created',
      ).choices(['default', 'cli']),
    );
}

/**
 * Returns the settings of the flags.
 * @throws CodeseederError `InvalidRequest` for an incomplete VPC or a wrong allow list
 */
export function settingsOf(flags: SettingFlags): SettingsToDeploy {
  const { allow } = flags;
  const vpc = wholeVpc({
    vpcId: flags.vpcId,
    subnetIds: flags.subnetId && [...flags.subnetId],
    securityGroupIds: flags.sgId && [...flags.sgId],
  });
  const withoutCodeArtifact = flags.skipCodeartifact === true ? false : undefined;
  return {
    deployId: flags.deployId,
    policyArns: flags.policies === false ? null : flags.policyArn,
    vpc: flags.vpc === false ? null : vpc,
    codeArtifact: flags.deployCodeartifact ?? withoutCodeArtifact,
    permissionsBoundary: flags.permissionsBoundary === false ? null : flags.permissionsBoundaryArn,
    allow: typeof allow === 'string' ? parseAllowList(allow) : orDefault<AllowList>(allow),
    buildImage: orDefault(flags.buildImage),
    rolePath: flags.rolePath,
    policyPath: flags.policyPath,
    encryption: flags.encryption,
    dockerCredentialsSecret: orDefault(flags.dockerCredentialsSecret),
    mirrorCredentialsSecret: orDefault(flags.mirrorCredentialsSecret),
    objectExpirationDays: flags.objectExpirationDays,
    cacheExpirationDays: flags.cacheExpirationDays,
    accessLogsBucket: orDefault(flags.accessLogsBucket),
    recordExpirationDays: flags.recordExpirationDays,
    logRetentionDays: flags.logRetentionDays,
    removalPolicy: flags.removalPolicy,
    deletionProtection: flags.deletionProtection,
    dashboard: flags.dashboard,
    synthesizer: flags.synthesizer,
  };
}

function parseAllowList(text: string): AllowList {
  return parseWith(allowListSchema, parseJson(text, 'allow list'), 'allow list');
}

/** Returns null, which resets a setting, for a `--no-...` flag. */
function orDefault<Value>(flag: Value | false | undefined): Value | null | undefined {
  return flag === false ? null : flag;
}

function parseRetention(text: string): number | 'forever' {
  return text === 'forever' ? text : parseDays(text, '--log-retention-days', ' or `forever`');
}

function parseDays(text: string, flag: string, alternative = ''): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `${flag} takes a whole number of days from 1 to 9999${alternative}, not ${JSON.stringify(text)}.`,
  );
}
