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

type SettingsToDeploy = SeedkitSettings & Pick<DeployOptions, 'deployId'>;

/** Flags for what a seedkit is deployed with; `false` where one takes a setting back to its default. */
export interface SettingFlags {
  readonly deployId?: string;
  readonly policyArn?: readonly string[];
  readonly policies?: boolean;
  readonly deployCodeartifact?: boolean;
  readonly skipCodeartifact?: boolean;
  readonly vpcId?: string;
  readonly subnetId?: readonly string[];
  readonly sgId?: readonly string[];
  readonly vpc?: boolean;
  readonly permissionsBoundaryArn?: string;
  readonly permissionsBoundary?: boolean;
  readonly buildImage?: string | false;
  readonly rolePath?: string;
  readonly policyPath?: string;
  readonly encryption?: boolean;
  readonly dockerCredentialsSecret?: string | false;
  readonly mirrorCredentialsSecret?: string | false;
  readonly allow?: string | false;
  readonly objectExpirationDays?: number;
  readonly accessLogsBucket?: string | false;
  readonly recordExpirationDays?: number;
  readonly logRetentionDays?: number | 'forever';
  readonly removalPolicy?: 'retain' | 'destroy';
  readonly deletionProtection?: boolean;
  readonly dashboard?: boolean;
}

/** Adds a flag for each setting, and one to take it back. */
export function withSettingFlags(command: Command): Command {
  const several = (value: string, before: readonly string[] = []) => [...before, value];
  const without = (flags: string, description: string, ...others: string[]) =>
    new Option(flags, description).conflicts(others);
  return command
    .option(
      '--policy-arn <arn>',
      'further managed policy of the build role (repeatable: all that it has)',
      several,
    )
    .addOption(without('--no-policies', 'no further policies', 'policyArn'))
    .option('--deploy-codeartifact', 'with a CodeArtifact domain and repository for packages')
    .addOption(without('--skip-codeartifact', 'without CodeArtifact', 'deployCodeartifact'))
    .option('--vpc-id <id>', 'VPC that builds run in; needs --subnet-id and --sg-id')
    .option('--subnet-id <id>', 'subnet of the VPC (repeatable)', several)
    .option('--sg-id <id>', 'security group in the VPC (repeatable)', several)
    .addOption(without('--no-vpc', "builds in CodeBuild's own network", 'vpcId', 'subnetId', 'sgId'))
    .option('-b, --permissions-boundary-arn <arn>', 'policy that bounds every role of the seedkit')
    .addOption(without('--no-permissions-boundary', 'no such policy', 'permissionsBoundaryArn'))
    .option('--build-image <image>', 'image of builds that name none')
    .option('--no-build-image', 'the default image')
    .option(
      '--deploy-id <letters>',
      'six letters in the names of bucket and key; fixed at the first deployment',
    )
    .option('--role-path <path>', 'path of every role, such as /team/; fixed at the first deployment')
    .option('--policy-path <path>', 'path of every managed policy; fixed at the first deployment')
    .option('--encryption', "with a key of the seedkit's own, as is the default")
    .option('--no-encryption', "without a key of the seedkit's own")
    .option('--docker-credentials-secret <secret>', 'secret that docker is logged in with in every build')
    .option('--no-docker-credentials-secret', 'no such secret')
    .option('--mirror-credentials-secret <secret>', 'secret with credentials of package mirrors')
    .option('--no-mirror-credentials-secret', 'no such secret')
    .option('--allow <json>', 'what requests may name beyond the seedkit\'s own, as {"images":["node:*"]}')
    .option('--no-allow', 'nothing beyond')
    .option('--object-expiration-days <days>', 'age at which bundles and the files of runs go', days)
    .option('--access-logs-bucket <name>', "bucket that accesses to the seedkit's own are logged in")
    .option('--no-access-logs-bucket', 'no such bucket')
    .option('--record-expiration-days <days>', "age at which a run's record goes", days)
    .option('--log-retention-days <days>', 'days that logs are kept, or forever', (text: string) =>
      text === 'forever' ? text : days(text),
    )
    .addOption(
      new Option('--removal-policy <policy>', 'what becomes of data when the stack goes').choices([
        'retain',
        'destroy',
      ]),
    )
    .option('--deletion-protection', 'refuse to delete the run table')
    .option('--no-deletion-protection', 'let the run table be deleted, as is the default')
    .option('--dashboard', 'with a CloudWatch dashboard, as is the default')
    .option('--no-dashboard', 'without it');
}

/** @throws CodeseederError `InvalidRequest` for a part of a VPC and an allow list that is none */
export function settingsOf(flags: SettingFlags): SettingsToDeploy {
  return {
    ...listed(flags),
    ...given('deployId', flags.deployId),
    ...given(
      'codeArtifact',
      flags.deployCodeartifact ?? (flags.skipCodeartifact === true ? false : undefined),
    ),
    ...given(
      'permissionsBoundary',
      flags.permissionsBoundary === false ? null : flags.permissionsBoundaryArn,
    ),
    ...given('buildImage', orDefault(flags.buildImage)),
    ...given('rolePath', flags.rolePath),
    ...given('policyPath', flags.policyPath),
    ...given('encryption', flags.encryption),
    ...given('dockerCredentialsSecret', orDefault(flags.dockerCredentialsSecret)),
    ...given('mirrorCredentialsSecret', orDefault(flags.mirrorCredentialsSecret)),
    ...given('objectExpirationDays', flags.objectExpirationDays),
    ...given('accessLogsBucket', orDefault(flags.accessLogsBucket)),
    ...given('recordExpirationDays', flags.recordExpirationDays),
    ...given('logRetentionDays', flags.logRetentionDays),
    ...given('removalPolicy', flags.removalPolicy),
    ...given('deletionProtection', flags.deletionProtection),
    ...given('dashboard', flags.dashboard),
  };
}

/** Settings of more than one value. */
function listed(flags: SettingFlags): SeedkitSettings {
  const vpc = wholeVpc({
    vpcId: flags.vpcId,
    subnetIds: flags.subnetId && [...flags.subnetId],
    securityGroupIds: flags.sgId && [...flags.sgId],
  });
  const { allow } = flags;
  return {
    ...given('policyArns', flags.policies === false ? null : flags.policyArn),
    ...given('vpc', flags.vpc === false ? null : vpc),
    ...given('allow', typeof allow === 'string' ? allowed(allow) : orDefault<AllowList>(allow)),
  };
}

function allowed(text: string): AllowList {
  return parseWith(allowListSchema, parseJson(text, 'allow list'), 'allow list');
}

/** `--no-...` takes a setting back. */
function orDefault<Value>(flag: Value | false | undefined): Value | null | undefined {
  return flag === false ? null : flag;
}

function given<Name extends keyof SettingsToDeploy>(
  name: Name,
  value: SettingsToDeploy[Name] | undefined,
): SettingsToDeploy {
  return value === undefined ? {} : { [name]: value };
}

function days(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(`A whole number of days from 1 to 9999 is wanted, not ${JSON.stringify(text)}.`);
}
