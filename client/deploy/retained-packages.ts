import type { CodeartifactClient } from '@aws-sdk/client-codeartifact';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CODE_ARTIFACT_REPOSITORIES, CodeseederError, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';
import { isBeingDeployed } from './stack-state.js';

/** A CodeArtifact domain that a deleted stack may have retained. */
export interface RetainedPackages {
  /** Name of the domain. */
  readonly domain: string;
  /** `unchecked`: the caller may not describe the domain. A region without CodeArtifact has none. */
  readonly state: 'retained' | 'none' | 'unchecked';
}

/** Finds the CodeArtifact domain that a deleted stack retained. */
export async function findRetainedPackages(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<RetainedPackages> {
  const { DescribeDomainCommand } = await import('@aws-sdk/client-codeartifact');
  const domain = seedkitNames.codeArtifactDomain(seedkit);
  const client = await clients.codeArtifact();
  try {
    await client.send(new DescribeDomainCommand({ domain }), definedOnly({ abortSignal: signal }));
    return { domain, state: 'retained' };
  } catch (error) {
    if (isMissing(error) || isWithoutCodeArtifact(error)) return { domain, state: 'none' };
    if (error instanceof Error && error.name === 'AccessDeniedException')
      return { domain, state: 'unchecked' };
    throw error;
  }
}

/** Returns whether a call failed because the region has no CodeArtifact, and so no host of it. */
function isWithoutCodeArtifact(error: unknown): boolean {
  return (
    error instanceof CodeseederError &&
    error.code === 'AwsUnreachable' &&
    (error.cause as NodeJS.ErrnoException).code === 'ENOTFOUND'
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

/**
 * Fails fast: refuses to create a seedkit with packages if an earlier one of the same name retained its domain.
 * CloudFormation would roll back after minutes.
 *
 * @throws CodeseederError `RetainedInTheWay` that names the domain and the ways to continue
 */
export async function refuseRetainedPackages(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Without the right to describe the domain, CloudFormation reports that it exists.
  const { domain, state } = await findRetainedPackages(clients, seedkit, signal);
  if (state !== 'retained' || (await isBeingDeployed(clients, seedkit, signal))) return;
  throw new CodeseederError(
    'RetainedInTheWay',
    `The CodeArtifact domain ${domain} exists: an earlier seedkit ${seedkit} retained it with its packages, and CloudFormation cannot create it again. Nothing was deployed.
- To deploy without packages: codeseeder deploy seedkit ${seedkit} --skip-codeartifact
- To delete the packages and retained records of runs: codeseeder destroy seedkit ${seedkit} --delete-data
- Or deploy under another name.`,
  );
}

/**
 * Deletes the CodeArtifact domain that a deleted stack retained, with the repositories of the seedkit and their
 * packages.
 * @returns the domain, as it was found
 * @throws ConflictException if the domain has other repositories
 */
export async function deleteRetainedPackages(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<RetainedPackages> {
  const found = await findRetainedPackages(clients, seedkit, signal);
  const { domain, state } = found;
  if (state !== 'retained') return found;
  const client = await clients.codeArtifact();
  const { packages, npm } = CODE_ARTIFACT_REPOSITORIES;
  // The repository `npm` is an upstream of `packages`, so it is deleted after it.
  for (const repository of [packages, npm]) await deleteRepository(client, { domain, repository }, signal);
  const { DeleteDomainCommand } = await import('@aws-sdk/client-codeartifact');
  await client.send(new DeleteDomainCommand({ domain }), definedOnly({ abortSignal: signal }));
  return found;
}

async function deleteRepository(
  client: CodeartifactClient,
  named: { readonly domain: string; readonly repository: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { DeleteRepositoryCommand } = await import('@aws-sdk/client-codeartifact');
  try {
    await client.send(new DeleteRepositoryCommand(named), definedOnly({ abortSignal: signal }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
