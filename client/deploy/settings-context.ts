import { randomInt } from 'node:crypto';

import { CodeseederError } from '../../lib/contract/index.js';
import type { DeployOptions, SeedkitSettings } from '../deploy-types.js';
import type { SeedkitContextText } from './assembly.js';

/**
 * What the app is to read: what was deployed, with what is asked for now in its place.
 * @throws CodeseederError `InvalidRequest` for a deploy id other than the stack's
 */
export function contextToDeploy(
  name: string,
  deployed: SeedkitContextText,
  options: DeployOptions,
): SeedkitContextText {
  const { deployId: known } = deployed;
  if (known !== undefined && options.deployId !== undefined && options.deployId !== known) {
    throw new CodeseederError(
      'InvalidRequest',
      `The seedkit ${name} has the deploy id ${known}; it stands in the names of its bucket and key and cannot become ${options.deployId}.`,
    );
  }
  const asked = askedFor(options);
  const kept = Object.entries(deployed).filter(([key]) => !(key in asked));
  return {
    ...Object.fromEntries(kept),
    ...settingsContext(options),
    name,
    deployId: known ?? options.deployId ?? newDeployId(),
  };
}

/** Settings as context, without what is not said or goes back to its default. */
export function settingsContext(settings: SeedkitSettings): SeedkitContextText {
  return Object.fromEntries(
    Object.entries(askedFor(settings)).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Settings as context; null where a setting goes back to its default. */
function askedFor(settings: SeedkitSettings): Readonly<Record<string, string | null>> {
  const { vpc } = settings;
  const asked = {
    buildImage: settings.buildImage,
    policyArns: settings.policyArns?.length === 0 ? null : settings.policyArns,
    permissionsBoundary: settings.permissionsBoundary,
    rolePath: settings.rolePath,
    policyPath: settings.policyPath,
    codeArtifact: settings.codeArtifact,
    encryption: settings.encryption,
    vpcId: vpc === null ? null : vpc?.vpcId,
    subnetIds: vpc === null ? null : vpc?.subnetIds,
    securityGroupIds: vpc === null ? null : vpc?.securityGroupIds,
  };
  return Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === null ? null : String(value)]],
    ),
  );
}

function newDeployId(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
