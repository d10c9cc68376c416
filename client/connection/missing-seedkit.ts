import { CodeseederError } from '../../lib/contract/index.js';
import { isLocalEndpoint } from './local-endpoint.js';

/** Returns the place that commands use, in words: a local AWS, or a region of the account. */
export function describePlace(region: string): string {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  return isLocalEndpoint(endpoint) ? `the local AWS at ${endpoint}` : `region ${region} of this account`;
}

/**
 * Returns the error `SeedkitNotFound`, which says how to deploy the seedkit in AWS or in a local AWS.
 * @param deploy command that deploys the seedkit. @default without account and region
 */
export function missingSeedkit(
  seedkit: string,
  region: string,
  { deploy = `codeseeder deploy seedkit ${seedkit}`, cause }: { deploy?: string; cause?: unknown } = {},
): CodeseederError {
  return new CodeseederError(
    'SeedkitNotFound',
    [
      `No seedkit ${JSON.stringify(seedkit)} is deployed in ${describePlace(region)}.`,
      ...stepsTo(deploy, seedkit).map((step) => `- ${step}`),
    ].join('\n'),
    cause === undefined ? {} : { cause },
  );
}

/** Returns what to do about a seedkit that is not deployed. @param deploy command that deploys the seedkit */
function stepsTo(deploy: string, seedkit: string): string[] {
  const up = `eval "$(codeseeder local up ${seedkit} --detach)"`;
  const { AWS_ENDPOINT_URL: endpoint, CODESEEDER_SEEDKIT: seedkitOfShell } = process.env;
  if (!isLocalEndpoint(endpoint))
    return ['Check name, region and account.', `To deploy it: ${deploy}`, `To use a local AWS: ${up}`];
  const here = `To deploy it to this local AWS: ${deploy}`;
  // The variables of a local AWS name its seedkit. Only a deployment helps in the seedkit's own local AWS, which is up.
  if (seedkitOfShell === seedkit) return [here];
  return [
    `To use its own local AWS, if that is up: eval "$(codeseeder local env ${seedkit})"`,
    here,
    `To start a local AWS that has it: ${up}`,
  ];
}
