import { randomInt } from 'node:crypto';

import {
  buildVpcSchema,
  CodeseederError,
  parseWith,
  type SeedkitContextName,
} from '../../lib/contract/index.js';
import type { DeployOptions, SeedkitSettings } from '../deploy-types.js';
import type { SeedkitContextText } from './assembly.js';

/** What a deployment takes beside settings. */
const DEPLOYMENT_OPTIONS: readonly string[] = ['aws', 'onProgress', 'signal', 'deployId'] satisfies Exclude<
  keyof DeployOptions,
  keyof SeedkitSettings
>[];

/** What AWS cannot change of a role or policy that has a name. */
const FIXED = ['rolePath', 'policyPath'] as const;

/**
 * What the app is to read: what was deployed, with what is asked for now in its place.
 *
 * @param deployed undefined when the seedkit is made anew
 * @throws CodeseederError `InvalidRequest` for an option that is not known, for a part of a VPC and for what cannot
 * change once it is deployed
 */
export function contextToDeploy(
  name: string,
  deployed: SeedkitContextText | undefined,
  options: DeployOptions,
): SeedkitContextText {
  refuseUnknown(options);
  const asked = askedFor(options);
  if (deployed !== undefined) refuseFixed(name, deployed, { ...asked, deployId: options.deployId });
  const kept = Object.entries(deployed ?? {}).filter(([key]) => !(key in asked));
  return {
    ...Object.fromEntries(kept),
    ...settingsContext(options),
    name,
    deployId: deployed?.['deployId'] ?? options.deployId ?? newDeployId(),
  };
}

/** Settings as context, without what is not said or goes back to its default. */
export function settingsContext(settings: SeedkitSettings): SeedkitContextText {
  return Object.fromEntries(
    Object.entries(askedFor(settings)).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Settings as context; null where a setting goes back to its default, and nothing where it is not said. */
function askedFor(settings: SeedkitSettings): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(settingsAsContext(settings)).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === null ? null : String(value)]],
    ),
  );
}

type ContextValue = string | number | boolean | readonly string[] | null | undefined;

/** Every setting, under the name that the app reads it by. */
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
    accessLogsBucket: settings.accessLogsBucket,
    recordExpirationDays: settings.recordExpirationDays,
    logRetentionDays: settings.logRetentionDays,
    removalPolicy: settings.removalPolicy,
    deletionProtection: settings.deletionProtection,
    dashboard: settings.dashboard,
  } satisfies Partial<Record<SeedkitContextName, ContextValue>>;
}

/** A slip of the pen would be a setting that nobody misses until it is needed. */
function refuseUnknown(options: DeployOptions): void {
  const known = ['vpc', ...DEPLOYMENT_OPTIONS, ...Object.keys(settingsAsContext({}))];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const settings = known.filter((name) => !/^(vpcId|subnetIds|securityGroupIds)$/.test(name));
  throw new CodeseederError(
    'InvalidRequest',
    `The option ${unknown.join(', ')} is not known; a seedkit is deployed with ${settings.join(', ')}.`,
  );
}

function refuseFixed(
  name: string,
  deployed: SeedkitContextText,
  asked: Readonly<Record<string, string | null | undefined>>,
): void {
  const { deployId } = deployed;
  if (deployId !== undefined && asked['deployId'] !== undefined && asked['deployId'] !== deployId) {
    throw new CodeseederError(
      'InvalidRequest',
      `The seedkit ${name} has the deploy id ${deployId}; it stands in the names of its bucket and key and cannot become ${asked['deployId']}.`,
    );
  }
  for (const setting of FIXED) {
    const was = deployed[setting] ?? '/';
    const wanted = asked[setting] === null ? '/' : (asked[setting] ?? was);
    if (wanted === was) continue;
    throw new CodeseederError(
      'InvalidRequest',
      `The seedkit ${name} was deployed with the ${setting} ${was}, which AWS cannot change to ${wanted}: it moves nothing that has a name. Deploy under another name, or destroy the seedkit first.`,
    );
  }
}

function newDeployId(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
