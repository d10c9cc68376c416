import { CodeartifactClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-codeartifact';

import { createCodeArtifact, type CodeArtifact } from '../../../lib/local/codeartifact/codeartifact.js';
import type { PublicRegistries } from '../../../lib/local/codeartifact/public-registries.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

export const DOMAIN = 'a-domain';
export const REPOSITORY = 'packages';
/** Members of most requests. */
export const HERE = { domain: DOMAIN, repository: REPOSITORY } as const;

export interface TestCodeArtifact {
  readonly context: TestPlaceContext;
  readonly codeArtifact: CodeArtifact;
  readonly client: CodeartifactClient;
  create(type: 'Domain' | 'Repository', properties: JsonObject): Promise<void>;
  token(): Promise<string>;
  /** Returns the URL of a repository, with a trailing slash. */
  registry(format: 'npm' | 'pypi', repository?: string): string;
  dispose(): Promise<void>;
}

/** Serves CodeArtifact. It has a domain and the two repositories of a seedkit. */
export async function openTestCodeArtifact(
  overrides: Partial<TestPlaceContext> = {},
  publicRegistries: PublicRegistries = { npm: 'http://127.0.0.1:1/', pypi: 'http://127.0.0.1:1/simple/' },
): Promise<TestCodeArtifact> {
  const context = await openTestPlaceContext(overrides);
  const codeArtifact = await createCodeArtifact(context, { publicRegistries });
  const { service, unsigned } = codeArtifact;
  const server = await startServer({ context, services: [service], unsigned, port: 0 });
  context.setEndpoint(`http://127.0.0.1:${server.port}`);
  const { region, credentials } = context;
  const client = new CodeartifactClient({
    endpoint: context.endpoint(),
    region,
    credentials,
    maxAttempts: 1,
  });
  return {
    context,
    codeArtifact,
    client,
    async create(type, properties) {
      const request = { stackName: 's', logicalId: 'It', properties };
      await providerOf(codeArtifact, type).create(request);
    },
    async token() {
      const answer = await client.send(new GetAuthorizationTokenCommand({ domain: DOMAIN }));
      return answer.authorizationToken ?? '';
    },
    registry: (format, repository = REPOSITORY) =>
      `${context.endpoint()}/_codeartifact/${DOMAIN}/${format}/${repository}/`,
    async dispose() {
      client.destroy();
      await server.close();
      await context.dispose();
    },
  };
}

/** Creates the domain and the two repositories of a seedkit. */
export async function createSeedkitRepositories({ create }: TestCodeArtifact): Promise<void> {
  await create('Domain', { DomainName: DOMAIN });
  await create('Repository', {
    DomainName: DOMAIN,
    RepositoryName: 'npm-public',
    ExternalConnections: ['public:npmjs'],
  });
  await create('Repository', {
    DomainName: DOMAIN,
    RepositoryName: REPOSITORY,
    Description: 'Packages of a seedkit',
    ExternalConnections: ['public:pypi'],
    Upstreams: ['npm-public'],
  });
}

export function providerOf({ resourceProviders }: CodeArtifact, type: 'Domain' | 'Repository') {
  const provider = resourceProviders.find((each) => each.type === `AWS::CodeArtifact::${type}`);
  if (provider === undefined) throw new Error(`There is no provider of ${type}`);
  return provider;
}
