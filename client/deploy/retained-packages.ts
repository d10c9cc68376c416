import type { CodeartifactClient } from '@aws-sdk/client-codeartifact';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CODE_ARTIFACT_REPOSITORIES, CodeseederError, seedkitNames } from '../../lib/contract/index.js';
import type { AwsClients } from '../connection/aws-clients.js';

/**
 * Finds the CodeArtifact domain that a deleted stack retained.
 * @returns its name; undefined if there is none, the caller may not describe it, or the region has no CodeArtifact
 */
export async function findRetainedPackages(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { DescribeDomainCommand } = await import('@aws-sdk/client-codeartifact');
  const domain = seedkitNames.codeArtifactDomain(seedkit);
  const client = await clients.codeArtifact();
  try {
    await client.send(new DescribeDomainCommand({ domain }), definedOnly({ abortSignal: signal }));
    return domain;
  } catch (error) {
    if (hasNoPackages(error)) return undefined;
    throw error;
  }
}

function hasNoPackages(error: unknown): boolean {
  // A region without CodeArtifact has no host of it.
  if (error instanceof CodeseederError)
    return error.code === 'AwsUnreachable' && (error.cause as NodeJS.ErrnoException).code === 'ENOTFOUND';
  return isMissing(error) || (error instanceof Error && error.name === 'AccessDeniedException');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

/**
 * Deletes the CodeArtifact domain that a deleted stack retained, with the repositories of the seedkit and their
 * packages.
 * @returns the domain's name; undefined if there is none
 * @throws ConflictException if the domain has other repositories
 */
export async function deleteRetainedPackages(
  clients: AwsClients,
  seedkit: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const domain = await findRetainedPackages(clients, seedkit, signal);
  if (domain === undefined) return undefined;
  const client = await clients.codeArtifact();
  const { packages, npm } = CODE_ARTIFACT_REPOSITORIES;
  // The repository `npm` is an upstream of `packages`, so it is deleted after it.
  for (const repository of [packages, npm]) await deleteRepository(client, { domain, repository }, signal);
  const { DeleteDomainCommand } = await import('@aws-sdk/client-codeartifact');
  await client.send(new DeleteDomainCommand({ domain }), definedOnly({ abortSignal: signal }));
  return domain;
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
