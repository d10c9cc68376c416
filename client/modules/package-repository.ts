import type { CodeartifactClient, PackageFormat } from '@aws-sdk/client-codeartifact';

import { CodeseederError } from '../../lib/contract/index.js';
import type { ModuleKind } from '../module-types.js';
import type { BuiltModule } from './built-module.js';
import { normalizedPythonName } from './python-package.js';

/** Where packages of one format are published, and as whom. */
export interface PublishAccess {
  /** Ends in a slash. */
  readonly endpoint: string;
  readonly token: string;
}

/** A seedkit's repository of packages. */
export interface PackageRepository {
  readonly domain: string;
  readonly repository: string;
  access(kind: ModuleKind): Promise<PublishAccess>;
  /** Deletes a package's version. @returns whether it was there */
  deleteVersion(module: BuiltModule): Promise<boolean>;
}

const FORMATS = { npm: 'npm', python: 'pypi' } as const satisfies Record<ModuleKind, PackageFormat>;

/** Longer than packages take to be sent, in seconds. */
const TOKEN_SECONDS = 3_600;

/** @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html */
export function packageRepository(
  { domain, repository }: Pick<PackageRepository, 'domain' | 'repository'>,
  client: CodeartifactClient,
  signal: AbortSignal | undefined,
): PackageRepository {
  const abortable = signal === undefined ? {} : { abortSignal: signal };
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
    throw new CodeseederError('ModuleNotPublished', `The domain ${domain} gave no token to publish with.`);
  }
}

/** A scope is what CodeArtifact calls a namespace; PyPI's packages have one name for all their spellings. */
function nameParts({ name, kind }: BuiltModule): { package: string; namespace?: string } {
  if (kind === 'python') return { package: normalizedPythonName(name) };
  const [, namespace, rest] = /^@([^/]+)\/(.+)$/.exec(name) ?? [];
  return namespace === undefined || rest === undefined ? { package: name } : { package: rest, namespace };
}
