import type { PlaceContext } from '../place-context.js';
import { serviceOperations } from '../wire/operation.js';
import { restJsonService, type RestRoute } from '../wire/rest-json-service.js';
import { openAccessTokens } from './access-tokens.js';
import { Catalogue } from './catalogue.js';
import { deleteOperations } from './delete-operations.js';
import { domainProvider } from './domain-provider.js';
import { packageOperations } from './package-operations.js';
import { packageRoute } from './package-route.js';
import { openPackageStore } from './package-store.js';
import { publicRegistries as registriesOf, type PublicRegistries } from './public-registries.js';
import { repositoryProvider } from './repository-provider.js';
import { repositoryOperations } from './repository-operations.js';

export interface CodeArtifactOptions {
  /** The public registries of external connections. @default those that the environment configures for npm and pip */
  readonly publicRegistries?: PublicRegistries;
}

const QUERY = {
  'domain-owner': 'domainOwner',
  'max-results': 'maxResults',
  'next-token': 'nextToken',
  'package-prefix': 'packagePrefix',
  duration: 'durationSeconds',
  version: 'packageVersion',
};

const ROUTES = [
  { operation: 'GetAuthorizationToken', method: 'POST', path: '/v1/authorization-token', query: QUERY },
  { operation: 'DescribeDomain', method: 'GET', path: '/v1/domain', query: QUERY },
  { operation: 'DescribeRepository', method: 'GET', path: '/v1/repository', query: QUERY },
  { operation: 'DeleteDomain', method: 'DELETE', path: '/v1/domain', query: QUERY },
  { operation: 'DeleteRepository', method: 'DELETE', path: '/v1/repository', query: QUERY },
  { operation: 'GetRepositoryEndpoint', method: 'GET', path: '/v1/repository/endpoint', query: QUERY },
  { operation: 'ListTagsForResource', method: 'POST', path: '/v1/tags' },
  { operation: 'ListPackages', method: 'POST', path: '/v1/packages', query: QUERY },
  { operation: 'ListPackageVersions', method: 'POST', path: '/v1/package/versions', query: QUERY },
  { operation: 'DescribePackageVersion', method: 'GET', path: '/v1/package/version', query: QUERY },
  { operation: 'DeletePackageVersions', method: 'POST', path: '/v1/package/versions/delete', query: QUERY },
] as const satisfies readonly RestRoute[];

/** CodeArtifact with repositories of npm and Python packages. */
export type CodeArtifact = Awaited<ReturnType<typeof createCodeArtifact>>;

/**
 * Opens CodeArtifact with the repositories and packages in the data folder.
 * @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html
 */
export async function createCodeArtifact(
  context: PlaceContext,
  { publicRegistries = registriesOf(process.env) }: CodeArtifactOptions = {},
) {
  const catalogue = new Catalogue(context);
  const packages = await openPackageStore(context, catalogue);
  const tokens = await openAccessTokens(context);
  const now = () => context.clock.now();
  return {
    service: restJsonService({
      signingName: 'codeartifact',
      operations: serviceOperations('ValidationException', {
        ...repositoryOperations(context, catalogue, tokens),
        ...deleteOperations(context, catalogue, packages),
        ...packageOperations(context, catalogue, packages),
      }),
      routes: ROUTES,
    }),
    /** The routes for npm, pip and twine, which read and publish packages. */
    unsigned: [packageRoute({ context, catalogue, packages, tokens, publicRegistries, now })],
    resourceProviders: [domainProvider(context, catalogue), repositoryProvider(context, catalogue, packages)],
  };
}
