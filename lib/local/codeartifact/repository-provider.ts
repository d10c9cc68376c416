import type { PlaceContext } from '../place-context.js';
import type {
  Json,
  ProvidedResource,
  ResourceProvider,
  ResourceRequest,
} from '../resources/resource-provider.js';
import { repositoryArn } from './arns.js';
import {
  EXTERNAL_CONNECTIONS,
  type Catalogue,
  type ExternalConnection,
  type RepositoryId,
  type StoredRepository,
} from './catalogue.js';
import type { PackageStore } from './package-store.js';
import { readTags } from './tags.js';

const TYPE = 'AWS::CodeArtifact::Repository';

/** Provides `AWS::CodeArtifact::Repository`. */
export function repositoryProvider(
  context: PlaceContext,
  catalogue: Catalogue,
  packages: PackageStore,
): ResourceProvider {
  const provided = ({ domain, name }: StoredRepository): ProvidedResource => {
    const arn = repositoryArn(context, domain, name);
    return {
      physicalId: arn,
      attributes: { Arn: arn, Name: name, DomainName: domain, DomainOwner: context.account },
    };
  };
  return {
    type: TYPE,
    modelled: [
      'Description',
      'DomainName',
      'DomainOwner',
      'ExternalConnections',
      'RepositoryName',
      'Tags',
      'Upstreams',
    ],
    harmless: { PermissionsPolicyDocument: 'permissions are not enforced' },
    check: (request) => void read(context, request),
    async create(request) {
      refuseOtherOwner(context, request);
      const repository = read(context, request);
      await catalogue.createRepository(repository);
      return provided(repository);
    },
    async update(current, request) {
      refuseOtherOwner(context, request);
      const { domain, name } = idOf(current);
      const repository = read(context, request);
      if (repository.domain !== domain || repository.name !== name) return this.create(request);
      await catalogue.updateRepository(repository);
      return provided(repository);
    },
    delete: async (current) => packages.deleteRepository(idOf(current)),
  };
}

/**
 * Refuses a domain owner other than this account. It is checked only when the resource is created, because the value
 * may refer to another resource of the stack, which does not exist earlier.
 */
function refuseOtherOwner({ account }: PlaceContext, { properties }: ResourceRequest): void {
  const { DomainOwner = account } = properties;
  if (DomainOwner === account) return;
  throw new Error(`DomainOwner ${JSON.stringify(DomainOwner)} is not the account ${account}.`);
}

function idOf({ physicalId }: ProvidedResource): RepositoryId {
  const [, domain = '', name = ''] = physicalId.split('/');
  return { domain, name };
}

/** Reads a repository from properties. @throws Error naming a value that is not valid or not supported */
function read(context: PlaceContext, { logicalId, properties }: ResourceRequest): StoredRepository {
  const required = (property: string): string => {
    const value = properties[property];
    if (typeof value === 'string' && value !== '') return value;
    throw new Error(`${logicalId} has no ${property}.`);
  };
  const { Description } = properties;
  return {
    domain: required('DomainName'),
    name: required('RepositoryName'),
    description: typeof Description === 'string' ? Description : undefined,
    upstreams: namesOf('Upstreams', properties['Upstreams']),
    externalConnections: externalConnectionsOf(properties['ExternalConnections']),
    tags: readTags(TYPE, properties),
    createdAtMs: context.clock.now(),
  };
}

function externalConnectionsOf(value: Json | undefined): ExternalConnection[] {
  const names = namesOf('ExternalConnections', value);
  if (names.length > 1) throw new Error('A repository has at most one of ExternalConnections.');
  return names.map((name) => {
    if (Object.hasOwn(EXTERNAL_CONNECTIONS, name)) return name as ExternalConnection;
    const known = Object.keys(EXTERNAL_CONNECTIONS).join(', ');
    throw new Error(`The local AWS does not have the external connection ${name}; it has ${known}.`);
  });
}

function namesOf(property: string, value: Json = []): string[] {
  if (Array.isArray(value) && value.every((name): name is string => typeof name === 'string')) return value;
  throw new Error(`${property} is not a list of names.`);
}
