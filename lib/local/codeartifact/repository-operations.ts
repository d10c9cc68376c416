import type { PlaceContext } from '../place-context.js';
import type { AccessTokens } from './access-tokens.js';
import { domainArn, repositoryArn } from './arns.js';
import { EXTERNAL_CONNECTIONS, type Catalogue } from './catalogue.js';
import type { ApiRoute } from './codeartifact-service.js';
import { registryUrl } from './package-address.js';
import { formatOf, repositoryOf } from './request-members.js';

/** How long a token holds, in seconds. @see https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html */
const TOKEN_MAX_SECONDS = 43_200;
const TOKEN_MIN_SECONDS = 900;

/** Domains, repositories and how to log in to them. */
export function repositoryRoutes(
  context: PlaceContext,
  catalogue: Catalogue,
  tokens: AccessTokens,
): Readonly<Record<string, ApiRoute>> {
  return {
    'POST /v1/authorization-token': {
      operation: 'GetAuthorizationToken',
      members: ['domain', 'duration'],
      async answer(members) {
        const { name } = await catalogue.domain(members.required('domain'));
        const wanted = members.number(
          'duration',
          TOKEN_MAX_SECONDS,
          (seconds) => seconds === 0 || (seconds >= TOKEN_MIN_SECONDS && seconds <= TOKEN_MAX_SECONDS),
        );
        // 0 is as long as the caller's session, and the place's credentials have no end.
        const { token, expiresAtMs } = await tokens.issue(name, wanted === 0 ? TOKEN_MAX_SECONDS : wanted);
        return { authorizationToken: token, expiration: Math.floor(expiresAtMs / 1000) };
      },
    },
    'GET /v1/domain': {
      operation: 'DescribeDomain',
      members: ['domain'],
      async answer(members) {
        const { name, encryptionKey, createdAtMs } = await catalogue.domain(members.required('domain'));
        const domain = {
          name,
          owner: context.account,
          arn: domainArn(context, name),
          status: 'Active',
          createdTime: createdAtMs / 1000,
          encryptionKey,
          repositoryCount: (await catalogue.repositoriesOf(name)).length,
        };
        return { domain };
      },
    },
    'GET /v1/repository': {
      operation: 'DescribeRepository',
      members: ['domain', 'repository'],
      async answer(members) {
        const repository = await repositoryOf(members, catalogue);
        const { domain, name, description, upstreams, externalConnections, createdAtMs } = repository;
        return {
          repository: {
            name,
            administratorAccount: context.account,
            domainName: domain,
            domainOwner: context.account,
            arn: repositoryArn(context, domain, name),
            ...(description === undefined ? {} : { description }),
            upstreams: upstreams.map((upstream) => ({ repositoryName: upstream })),
            externalConnections: externalConnections.map((connection) => ({
              externalConnectionName: connection,
              packageFormat: EXTERNAL_CONNECTIONS[connection],
              status: 'Available',
            })),
            createdTime: createdAtMs / 1000,
          },
        };
      },
    },
    'GET /v1/repository/endpoint': {
      operation: 'GetRepositoryEndpoint',
      // Both kinds of address lead to the one port.
      members: ['domain', 'repository', 'format', 'endpointType'],
      async answer(members) {
        const { domain, name } = await repositoryOf(members, catalogue);
        const address = { domain, repository: name, format: formatOf(members) };
        return { repositoryEndpoint: registryUrl(context, address) };
      },
    },
  };
}
