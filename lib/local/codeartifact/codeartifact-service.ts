import type { CheckedOperation } from '../wire/operation.js';
import { restJsonService, type RestRoute } from '../wire/rest-json-service.js';
import type { WireService } from '../wire/wire-service.js';
import type { packageOperations } from './package-operations.js';
import type { repositoryOperations } from './repository-operations.js';

type OperationName =
  keyof ReturnType<typeof packageOperations> | keyof ReturnType<typeof repositoryOperations>;

const QUERY = {
  'domain-owner': 'domainOwner',
  'max-results': 'maxResults',
  'next-token': 'nextToken',
  'package-prefix': 'packagePrefix',
  duration: 'durationSeconds',
  version: 'packageVersion',
};

const ROUTES: readonly RestRoute<OperationName>[] = [
  { operation: 'GetAuthorizationToken', method: 'POST', path: '/v1/authorization-token', query: QUERY },
  { operation: 'DescribeDomain', method: 'GET', path: '/v1/domain', query: QUERY },
  { operation: 'DescribeRepository', method: 'GET', path: '/v1/repository', query: QUERY },
  { operation: 'GetRepositoryEndpoint', method: 'GET', path: '/v1/repository/endpoint', query: QUERY },
  { operation: 'ListPackages', method: 'POST', path: '/v1/packages', query: QUERY },
  { operation: 'ListPackageVersions', method: 'POST', path: '/v1/package/versions', query: QUERY },
  { operation: 'DescribePackageVersion', method: 'GET', path: '/v1/package/version', query: QUERY },
  { operation: 'DeletePackageVersions', method: 'POST', path: '/v1/package/versions/delete', query: QUERY },
];

/**
 * Serves CodeArtifact's REST API.
 * @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html
 */
export function codeArtifactService(
  operations: Readonly<Record<OperationName, CheckedOperation>>,
): WireService {
  return restJsonService({ signingName: 'codeartifact', operations, routes: ROUTES });
}
