import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { harmless, operation } from '../wire/operation.js';
import { wholeNumberText } from '../wire/text-members.js';
import type { AccessTokens } from './access-tokens.js';
import { domainArn, repositoryArn } from './arns.js';
import {
  EXTERNAL_CONNECTIONS,
  type Catalogue,
  type StoredDomain,
  type StoredRepository,
} from './catalogue.js';
import { registryUrl } from './package-address.js';
import { format, repositoryOf, resourceMembers, resourceWithArn } from './request-members.js';

/**
 * Minimum and maximum duration of a token.
 * @see https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html
 */
const TOKEN_MAX_SECONDS = 43_200;
const TOKEN_MIN_SECONDS = 900;

const durationSeconds = wholeNumberText
  .pipe(z.union([z.literal(0), z.number().min(TOKEN_MIN_SECONDS).max(TOKEN_MAX_SECONDS)]))
  .default(0)
  // 0 means that the token expires with the caller's credentials. Those of a local AWS do not expire, so the maximum is
  // used.
  .transform((seconds) => (seconds === 0 ? TOKEN_MAX_SECONDS : seconds));

/** Returns the operations on domains, repositories and logins. */
export function repositoryOperations(context: PlaceContext, catalogue: Catalogue, tokens: AccessTokens) {
  const members = resourceMembers(context);
  return {
    GetAuthorizationToken: operation({ ...members.domain, durationSeconds }, async (input) => {
      const { name } = await catalogue.domain(input.domain);
      const { token, expiresAtMs } = await tokens.issue(name, input.durationSeconds);
      return { authorizationToken: token, expiration: Math.floor(expiresAtMs / 1000) };
    }),
    DescribeDomain: operation(members.domain, async (input) => {
      const domain = await catalogue.domain(input.domain);
      const repositoryCount = (await catalogue.repositoriesOf(domain.name)).length;
      return { domain: { ...describeDomain(context, domain), status: 'Active', repositoryCount } };
    }),
    DescribeRepository: operation(members.repository, async (input) => ({
      repository: describeRepository(context, await repositoryOf(input, catalogue)),
    })),
    GetRepositoryEndpoint: operation(
      {
        ...members.repository,
        format,
        endpointType: harmless(z.string(), 'all types of endpoints have the same port'),
      },
      async (input) => {
        const { domain, name } = await repositoryOf(input, catalogue);
        return {
          repositoryEndpoint: registryUrl(context, { domain, repository: name, format: input.format }),
        };
      },
    ),
    /** Lists the tags of a domain or a repository. */
    ListTagsForResource: operation({ resourceArn: z.string().max(1011).regex(/^\S+$/) }, async (input) => ({
      tags: (await resourceWithArn(input.resourceArn, context, catalogue)).tags ?? [],
    })),
  };
}

/** Describes a domain, without its status. */
export function describeDomain(
  context: PlaceContext,
  { name, encryptionKey, createdAtMs }: StoredDomain,
): object {
  const arn = domainArn(context, name);
  return { name, owner: context.account, arn, createdTime: createdAtMs / 1000, encryptionKey };
}

/** Describes a repository. */
export function describeRepository(context: PlaceContext, repository: StoredRepository): object {
  const { domain, name, description, upstreams, externalConnections, createdAtMs } = repository;
  return {
    name,
    administratorAccount: context.account,
    domainName: domain,
    domainOwner: context.account,
    arn: repositoryArn(context, domain, name),
    description,
    upstreams: upstreams.map((upstream) => ({ repositoryName: upstream })),
    externalConnections: externalConnections.map((connection) => ({
      externalConnectionName: connection,
      packageFormat: EXTERNAL_CONNECTIONS[connection],
      status: 'Available',
    })),
    createdTime: createdAtMs / 1000,
  };
}
