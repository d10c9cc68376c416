import type { CodeartifactClient, PackageFormat } from '@aws-sdk/client-codeartifact';

import { definedOnly } from '../../lib/contract/defined-only.js';
import { CodeseederError } from '../../lib/contract/index.js';
import type { ModuleKind } from '../module-types.js';
import type { BuiltModule } from './built-module.js';
import { normalizedPythonName } from './python-package.js';

/** Endpoint and credentials to publish packages of one format. */
export interface PublishAccess {
  /** URL that ends with a slash. */
  readonly endpoint: string;
  readonly token: string;
}

/** A seedkit's CodeArtifact repository. */
export interface PackageRepository {
  readonly domain: string;
  readonly repository: string;
  /** Returns endpoint and credentials to publish packages of a kind. */
  access(kind: ModuleKind): Promise<PublishAccess>;
  /** Deletes a version of a package. @returns whether it existed */
  deleteVersion(module: BuiltModule): Promise<boolean>;
}

const FORMATS = { npm: 'npm', python: 'pypi' } as const satisfies Record<ModuleKind, PackageFormat>;

/** Validity of a token in seconds, longer than publishing takes. */
const TOKEN_SECONDS = 3_600;

/** Opens a repository. @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html */
export function packageRepository(
  { domain, repository }: Pick<PackageRepository, 'domain' | 'repository'>,
  client: CodeartifactClient,
  signal: AbortSignal | undefined,
): PackageRepository {
  const abortable = definedOnly({ abortSignal: signal });
  let token: Promise<string> | undefined;
  return {
    domain,
    repository,
    async access(kind) {
      const { GetRepositoryEndpointCommand } = await import('@aws-sdk/client-codeartifact');
      const command = new GetRepositoryEndpointCommand({ domain, repository, format: FORMATS[kind] });
      const { repositoryEndpoint = '' } = await client.send(command, abortable);
      return {
        endpoint: repositoryEndpoint.replace(/\/*$/, '/'),
        token: await (token ??= issueToken()),
      };
    },
    async deleteVersion(module) {
      const { DeletePackageVersionsCommand, ResourceNotFoundException } =
        await import('@aws-sdk/client-codeartifact');
      const { version } = module;
      const command = new DeletePackageVersionsCommand({
        domain,
        repository,
        format: FORMATS[module.kind],
        ...nameParts(module),
        versions: [version],
      });
      const { failedVersions } = await client.send(command, abortable).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) {
          return { failedVersions: { [version]: { errorCode: 'NOT_FOUND', errorMessage: '' } } };
        }
        throw error;
      });
      const problem = failedVersions?.[version];
      if (problem === undefined || problem.errorCode === 'NOT_FOUND') return problem === undefined;
      throw new CodeseederError(
        'ModuleNotPublished',
        `The version ${version} of ${module.name} in ${domain}/${repository} cannot be replaced: ${problem.errorCode} ${problem.errorMessage}`,
      );
    },
  };

  async function issueToken(): Promise<string> {
    const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-codeartifact');
    const command = new GetAuthorizationTokenCommand({ domain, durationSeconds: TOKEN_SECONDS });
    const { authorizationToken } = await client.send(command, abortable);
    if (authorizationToken !== undefined) return authorizationToken;
    throw new CodeseederError(
      'ModuleNotPublished',
      `CodeArtifact returned no authorization token for the domain ${domain}.`,
    );
  }
}

/**
 * Returns a package's name as CodeArtifact expects it: npm's scope is the namespace, and a Python name is normalized.
 */
function nameParts({ name, kind }: BuiltModule): { package: string; namespace?: string } {
  if (kind === 'python') return { package: normalizedPythonName(name) };
  const [, namespace, rest] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
  return namespace === undefined || rest === undefined ? { package: name } : { package: rest, namespace };
}
