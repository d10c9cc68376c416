import type { CodeartifactClient, PackageFormat } from '@aws-sdk/client-codeartifact';
import { GetAuthorizationTokenCommand, GetRepositoryEndpointCommand } from '@aws-sdk/client-codeartifact';

import { unusable } from './credentials-secret.js';
import type { Mirror } from './mirror.js';

/** Hosts that a token reaches without leaving the machine. */
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Returns a seedkit's repository of packages as a mirror for each format, with a token of 12 hours, the maximum.
 *
 * @param place `domain/repository`
 * @throws CodeseederError `CredentialsUnusable` with the message of CodeArtifact
 */
export async function logInToCodeArtifact<Format extends PackageFormat>(
  place: string,
  formats: readonly Format[],
  client: CodeartifactClient,
): Promise<ReadonlyMap<Format, Mirror>> {
  const [domain = '', repository = ''] = place.split('/');
  const source = `CodeArtifact's ${place}`;
  try {
    const { authorizationToken: token } = await client.send(new GetAuthorizationTokenCommand({ domain }));
    const credentials = { username: 'aws', password: token, token, source };
    const mirrors = new Map<Format, Mirror>();
    for (const format of formats) {
      const command = new GetRepositoryEndpointCommand({ domain, repository, format });
      const { repositoryEndpoint = '' } = await client.send(command);
      mirrors.set(format, { url: endpointUrl(repositoryEndpoint), credentials });
    }
    return mirrors;
  } catch (error) {
    throw unusable(
      `There is no login to ${source}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    );
  }
}

function endpointUrl(text: string): URL {
  const url = new URL(text.replace(/\/*$/, '/'));
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw new Error(`${url.origin} is not https`);
}

/** Returns the index of a repository for pip. */
export function simpleIndex({ url, ...mirror }: Mirror): Mirror {
  return { ...mirror, url: new URL('simple/', url) };
}
