import type { PlaceContext } from '../place-context.js';
import { conflict, invalid, notFound } from './refusals.js';

export interface StoredDomain {
  readonly name: string;
  /** ARN. Nothing is encrypted with it here. */
  readonly encryptionKey: string;
  readonly createdAtMs: number;
}

export interface RepositoryId {
  readonly domain: string;
  readonly name: string;
}

export interface StoredRepository extends RepositoryId {
  readonly description?: string;
  /** Names of repositories of the same domain, in the order they are asked. */
  readonly upstreams: readonly string[];
  readonly externalConnections: readonly ExternalConnection[];
  readonly createdAtMs: number;
}

/** The public registries that a repository may lead to. */
export const EXTERNAL_CONNECTIONS = { 'public:npmjs': 'npm', 'public:pypi': 'pypi' } as const;
export type ExternalConnection = keyof typeof EXTERNAL_CONNECTIONS;

/** @see https://docs.aws.amazon.com/codeartifact/latest/ug/service-limits.html */
const UPSTREAMS_MAX = 10;
const DOMAIN_NAME = /^[a-z][a-z0-9-]{0,48}[a-z0-9]$/;
const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,99}$/;

export type Catalogue = ReturnType<typeof openCatalogue>;

/** The domains and their repositories. */
export function openCatalogue(context: PlaceContext) {
  const domains = context.store.collection<StoredDomain>('codeartifact-domains');
  const repositories = context.store.collection<StoredRepository>('codeartifact-repositories');

  const domain = async (name: string): Promise<StoredDomain> => {
    const found = await domains.get(name);
    if (found !== undefined) return found;
    throw notFound('domain', name, `Domain not found. Domain '${name}' does not exist.`);
  };

  const repositoriesOf = async (domainName: string): Promise<StoredRepository[]> => {
    const found: StoredRepository[] = [];
    for await (const [, repository] of repositories.entries(`${domainName}/`)) found.push(repository);
    return found;
  };

  const repository = async (domainName: string, name: string): Promise<StoredRepository> => {
    await domain(domainName);
    const found = await repositories.get(`${domainName}/${name}`);
    if (found !== undefined) return found;
    const message = `Repository not found. Repository '${name}' in domain '${domainName}' does not exist.`;
    throw notFound('repository', name, message);
  };

  return {
    domain,
    repository,
    repositoriesOf,

    createDomain: async (created: StoredDomain): Promise<void> => {
      const { name } = created;
      if (!DOMAIN_NAME.test(name)) throw invalid(`The domain name ${JSON.stringify(name)} is not valid.`);
      if ((await domains.get(name)) !== undefined) {
        throw conflict('domain', name, `Domain with name '${name}' already exists.`);
      }
      await domains.put(name, created);
    },

    putDomain: (changed: StoredDomain): Promise<void> => domains.put(changed.name, changed),

    deleteDomain: async (name: string): Promise<void> => {
      if ((await repositoriesOf(name)).length > 0) {
        throw conflict('domain', name, `Domain '${name}' still has repositories.`);
      }
      await domains.delete(name);
    },

    createRepository: async (created: StoredRepository): Promise<void> => {
      const { domain: domainName, name } = created;
      if (!REPOSITORY_NAME.test(name)) {
        throw invalid(`The repository name ${JSON.stringify(name)} is not valid.`);
      }
      await domain(domainName);
      if ((await repositories.get(`${domainName}/${name}`)) !== undefined) {
        throw conflict('repository', name, `Repository with name '${name}' already exists.`);
      }
      await checkUpstreams(created, repository);
      await repositories.put(`${domainName}/${name}`, created);
    },

    putRepository: async (changed: StoredRepository): Promise<void> => {
      await checkUpstreams(changed, repository);
      await repositories.put(`${changed.domain}/${changed.name}`, changed);
    },

    deleteRepository: ({ domain: domainName, name }: RepositoryId): Promise<void> =>
      repositories.delete(`${domainName}/${name}`),

    /** A repository and all it asks in turn, each once: itself, then each upstream with its own. */
    async searchOrder(first: StoredRepository): Promise<readonly StoredRepository[]> {
      const found = new Map<string, StoredRepository>();
      const visit = async (each: StoredRepository): Promise<void> => {
        if (found.has(each.name)) return;
        found.set(each.name, each);
        for (const name of each.upstreams) {
          const upstream = await repositories.get(`${each.domain}/${name}`);
          if (upstream !== undefined) await visit(upstream);
        }
      };
      await visit(first);
      return [...found.values()];
    },
  };
}

async function checkUpstreams(
  { domain, name, upstreams }: StoredRepository,
  find: (domain: string, name: string) => Promise<StoredRepository>,
): Promise<void> {
  if (upstreams.length > UPSTREAMS_MAX) {
    throw invalid(`A repository has at most ${UPSTREAMS_MAX} upstream repositories.`);
  }
  for (const upstream of upstreams) {
    if (upstream === name) throw invalid(`The repository '${name}' cannot be its own upstream.`);
    await find(domain, upstream);
  }
}
