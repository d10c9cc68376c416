import type { Collection } from '../durable/durable-store.js';
import { KeyedLock } from '../durable/keyed-lock.js';
import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { conflict, invalid, notFound } from './refusals.js';
import type { Tag } from './tags.js';

export interface StoredDomain {
  readonly name: string;
  /** ARN of the KMS key that the request names. It has no effect, because nothing is encrypted at rest. */
  readonly encryptionKey: string;
  /** Missing for domains in data folders of earlier versions. */
  readonly tags?: readonly Tag[] | undefined;
  readonly createdAtMs: number;
}

export interface RepositoryId {
  readonly domain: string;
  readonly name: string;
}

export interface StoredRepository extends RepositoryId {
  readonly description?: string | undefined;
  /** Names of repositories of the same domain, in search order. */
  readonly upstreams: readonly string[];
  readonly externalConnections: readonly ExternalConnection[];
  /** Missing for repositories in data folders of earlier versions. */
  readonly tags?: readonly Tag[] | undefined;
  readonly createdAtMs: number;
}

/** The public registries that a repository can have as external connection. */
export const EXTERNAL_CONNECTIONS = { 'public:npmjs': 'npm', 'public:pypi': 'pypi' } as const;
export type ExternalConnection = keyof typeof EXTERNAL_CONNECTIONS;

/** @see https://docs.aws.amazon.com/codeartifact/latest/ug/service-limits.html */
const UPSTREAMS_MAX = 10;
const DOMAIN_NAME = /^[a-z][a-z0-9-]{0,48}[a-z0-9]$/;
const REPOSITORY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{1,99}$/;

/** Domains by name, and repositories by `<domain>/<name>`. */
export class Catalogue {
  readonly #domains: Collection<StoredDomain>;
  readonly #repositories: Collection<StoredRepository>;
  /**
   * Serializes the changes of a domain and its repositories. Without it, a repository that is deleted while it is
   * changed would be stored again.
   */
  readonly #changes = new KeyedLock();

  constructor({ store }: PlaceContext) {
    this.#domains = store.collection('codeartifact-domains');
    this.#repositories = store.collection('codeartifact-repositories');
  }

  /** Returns a domain; undefined if it does not exist. */
  findDomain(name: string): Promise<StoredDomain | undefined> {
    return this.#domains.get(name);
  }

  /** Returns a domain. @throws AwsError `ResourceNotFoundException` */
  async domain(name: string): Promise<StoredDomain> {
    const found = await this.findDomain(name);
    if (found !== undefined) return found;
    throw notFound('domain', name, `Domain not found. Domain '${name}' does not exist.`);
  }

  /** Returns a repository. @throws AwsError `ResourceNotFoundException` */
  async repository(domain: string, name: string): Promise<StoredRepository> {
    await this.domain(domain);
    const found = await this.#repositories.get(`${domain}/${name}`);
    if (found !== undefined) return found;
    const message = `Repository not found. Repository '${name}' in domain '${domain}' does not exist.`;
    throw notFound('repository', name, message);
  }

  repositoriesOf(domain: string): Promise<StoredRepository[]> {
    return valuesOf(this.#repositories, `${domain}/`);
  }

  /** Creates a domain. @throws AwsError `ValidationException`, `ConflictException` */
  async createDomain(created: StoredDomain): Promise<void> {
    const { name } = created;
    if (!DOMAIN_NAME.test(name)) throw invalid(`The domain name ${JSON.stringify(name)} is not valid.`);
    await this.#changes.run(name, async () => {
      if ((await this.#domains.get(name)) !== undefined) {
        throw conflict('domain', name, `Domain with name '${name}' already exists.`);
      }
      await this.#domains.put(name, created);
    });
  }

  /** Replaces a domain, except for its time of creation. @throws AwsError `ResourceNotFoundException` */
  async updateDomain(changed: StoredDomain): Promise<void> {
    const { name } = changed;
    await this.#changes.run(name, async () => {
      const { createdAtMs } = await this.domain(name);
      await this.#domains.put(name, { ...changed, createdAtMs });
    });
  }

  /** Deletes a domain. @throws AwsError `ConflictException` for a domain with repositories */
  async deleteDomain(name: string): Promise<void> {
    await this.#changes.run(name, async () => {
      if ((await this.repositoriesOf(name)).length > 0) {
        throw conflict('domain', name, `Domain '${name}' still has repositories.`);
      }
      await this.#domains.delete(name);
    });
  }

  /** Creates a repository. @throws AwsError `ValidationException`, `ConflictException`, `ResourceNotFoundException` */
  async createRepository(created: StoredRepository): Promise<void> {
    const { domain, name } = created;
    if (!REPOSITORY_NAME.test(name)) {
      throw invalid(`The repository name ${JSON.stringify(name)} is not valid.`);
    }
    await this.#changes.run(domain, async () => {
      await this.domain(domain);
      if ((await this.#repositories.get(`${domain}/${name}`)) !== undefined) {
        throw conflict('repository', name, `Repository with name '${name}' already exists.`);
      }
      await this.#putRepository(created);
    });
  }

  /**
   * Replaces a repository, except for its time of creation.
   * @throws AwsError `ValidationException`, `ResourceNotFoundException` for a missing repository or upstream
   */
  async updateRepository(changed: StoredRepository): Promise<void> {
    const { domain, name } = changed;
    await this.#changes.run(domain, async () => {
      const { createdAtMs } = await this.repository(domain, name);
      await this.#putRepository({ ...changed, createdAtMs });
    });
  }

  deleteRepository({ domain, name }: RepositoryId): Promise<void> {
    return this.#changes.run(domain, () => this.#repositories.delete(`${domain}/${name}`));
  }

  async #putRepository(changed: StoredRepository): Promise<void> {
    const { domain, name, upstreams } = changed;
    if (upstreams.length > UPSTREAMS_MAX) {
      throw invalid(`A repository has at most ${UPSTREAMS_MAX} upstream repositories.`);
    }
    for (const upstream of upstreams) {
      if (upstream === name) throw invalid(`The repository '${name}' cannot be its own upstream.`);
      await this.repository(domain, upstream);
    }
    await this.#repositories.put(`${domain}/${name}`, changed);
  }

  /**
   * Returns the repositories to search for a package, each once: a repository, then each of its upstreams, followed
   * by that upstream's own upstreams.
   */
  async searchOrder(first: StoredRepository): Promise<readonly StoredRepository[]> {
    const found = new Map<string, StoredRepository>();
    const visit = async (each: StoredRepository): Promise<void> => {
      if (found.has(each.name)) return;
      found.set(each.name, each);
      for (const name of each.upstreams) {
        const upstream = await this.#repositories.get(`${each.domain}/${name}`);
        if (upstream !== undefined) await visit(upstream);
      }
    };
    await visit(first);
    return [...found.values()];
  }
}
