import { randomInt } from 'node:crypto';

import {
  buildVpcSchema,
  CodeseederError,
  parseWith,
  type SeedkitContextName,
} from '../../lib/contract/index.js';
import type { DeployOptions, SeedkitSettings } from '../deploy-types.js';
import type { SeedkitContextText } from './assembly.js';

/** Options of a deployment that are not settings. */
const DEPLOYMENT_OPTIONS: readonly string[] = [
  'aws',
  'roleArn',
  'onProgress',
  'signal',
  'deployId',
] satisfies Exclude<keyof DeployOptions, keyof SeedkitSettings>[];

/** Settings that AWS cannot change for a named role or policy. */
const FIXED = ['rolePath', 'policyPath'] as const;

/**
 * Returns the context of the CDK app: the deployed context, overridden by the options.
 *
 * @param deployed undefined if the seedkit is not deployed
 * @throws CodeseederError `InvalidRequest` for an unknown option, an incomplete VPC, or a change of a setting that
 * cannot change after the first deployment
 */
export function contextToDeploy(
  name: string,
  deployed: SeedkitContextText | undefined,
  options: DeployOptions,
): SeedkitContextText {
  refuseUnknown(options);
  const changes = changesOf(options);
  if (deployed !== undefined) refuseFixed(name, deployed, { ...changes, deployId: options.deployId });
  const kept = Object.entries(deployed ?? {}).filter(([key]) => !(key in changes));
  return {
    ...Object.fromEntries(kept),
    ...settingsContext(options),
    name,
    deployId: deployed?.['deployId'] ?? options.deployId ?? newDeployId(),
  };
}

/** Returns settings as context. Settings that are left out or reset are absent. */
export function settingsContext(settings: SeedkitSettings): SeedkitContextText {
  return Object.fromEntries(
    Object.entries(changesOf(settings)).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Returns settings as context. A reset setting is null, and a setting that is left out is absent. */
function changesOf(settings: SeedkitSettings): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(settingsAsContext(settings)).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === null ? null : String(value)]],
    ),
  );
}

type ContextValue = string | number | boolean | readonly string[] | null | undefined;

/** Returns every setting by its name in the context. */
function settingsAsContext({ vpc, policyArns, allow, ...settings }: SeedkitSettings) {
  const network = vpc && parseWith(buildVpcSchema, vpc, 'VPC');
  return {
    buildImage: settings.buildImage,
    policyArns: policyArns?.length === 0 ? null : policyArns,
    permissionsBoundary: settings.permissionsBoundary,
    rolePath: settings.rolePath,
    policyPath: settings.policyPath,
    vpcId: network === null ? null : network?.vpcId,
    subnetIds: network === null ? null : network?.subnetIds,
    securityGroupIds: network === null ? null : network?.securityGroupIds,
    codeArtifact: settings.codeArtifact,
    encryption: settings.encryption,
    dockerCredentialsSecret: settings.dockerCredentialsSecret,
    mirrorCredentialsSecret: settings.mirrorCredentialsSecret,
    allow: allow && JSON.stringify(allow),
    objectExpirationDays: settings.objectExpirationDays,
    cacheExpirationDays: settings.cacheExpirationDays,
    accessLogsBucket: settings.accessLogsBucket,
    recordExpirationDays: settings.recordExpirationDays,
    logRetentionDays: settings.logRetentionDays,
    removalPolicy: settings.removalPolicy,
    deletionProtection: settings.deletionProtection,
    dashboard: settings.dashboard,
    synthesizer: settings.synthesizer,
  } satisfies Partial<Record<SeedkitContextName, ContextValue>>;
}

/** Refuses unknown options, because a misspelled setting would be silently ignored. */
function refuseUnknown(options: DeployOptions): void {
  const known = ['vpc', ...DEPLOYMENT_OPTIONS, ...Object.keys(settingsAsContext({}))];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const settings = known.filter((name) => !/^(vpcId|subnetIds|securityGroupIds)$/.test(name));
  throw new CodeseederError(
    'InvalidRequest',
    `The option ${unknown.join(', ')} is not known. The options are ${settings.join(', ')}.`,
  );
}

function refuseFixed(
  name: string,
  deployed: SeedkitContextText,
  changes: Readonly<Record<string, string | null | undefined>>,
): void {
  const { deployId } = deployed;
  if (deployId !== undefined && changes['deployId'] !== undefined && changes['deployId'] !== deployId) {
    throw new CodeseederError(
      'InvalidRequest',
      `The seedkit ${name} has the deploy id ${deployId}, which cannot change to ${changes['deployId']}: it is part of the names of bucket and key. Leave the deploy id out.`,
    );
  }
  for (const setting of FIXED) {
    const current = deployed[setting] ?? '/';
    const requested = changes[setting] === null ? '/' : (changes[setting] ?? current);
    if (requested === current) continue;
    throw new CodeseederError(
      'InvalidRequest',
      `The seedkit ${name} was deployed with the ${setting} ${current}, which AWS cannot change to ${requested}, because CloudFormation would have to replace roles and policies that have fixed names. Deploy under another name, or destroy the seedkit first.`,
    );
  }
}

function newDeployId(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
