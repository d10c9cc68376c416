import { arnOf, type PlaceContext } from '../place-context.js';
import type { ProvidedResource, ResourceProvider, ResourceRequest } from '../resources/resource-provider.js';
import { domainArn } from './arns.js';
import type { Catalogue, StoredDomain } from './catalogue.js';
import { readTags } from './tags.js';

const TYPE = 'AWS::CodeArtifact::Domain';

/** Provides `AWS::CodeArtifact::Domain`. */
export function domainProvider(context: PlaceContext, catalogue: Catalogue): ResourceProvider {
  const provided = ({ name, encryptionKey }: StoredDomain): ProvidedResource => {
    const arn = domainArn(context, name);
    return {
      physicalId: arn,
      attributes: { Arn: arn, Name: name, Owner: context.account, EncryptionKey: encryptionKey },
    };
  };
  const read = ({ logicalId, properties }: ResourceRequest): StoredDomain => {
    const { DomainName: name, EncryptionKey: key } = properties;
    if (typeof name !== 'string' || name === '') throw new Error(`${logicalId} has no DomainName.`);
    const ownKey = arnOf(context, 'kms', 'alias/aws/codeartifact');
    return {
      name,
      encryptionKey: typeof key === 'string' ? key : ownKey,
      tags: readTags(TYPE, properties),
      createdAtMs: context.clock.now(),
    };
  };
  return {
    type: TYPE,
    modelled: ['DomainName', 'Tags'],
    harmless: {
      EncryptionKey: 'packages are stored in the data folder, which only its owner can read',
      PermissionsPolicyDocument: 'permissions are not enforced',
    },
    check: (request) => void read(request),
    async create(request) {
      const domain = read(request);
      await catalogue.createDomain(domain);
      return provided(domain);
    },
    async update(current, request) {
      const domain = read(request);
      if (domain.name !== nameOf(current)) return this.create(request);
      await catalogue.updateDomain(domain);
      return provided(domain);
    },
    delete: (current) => catalogue.deleteDomain(nameOf(current)),
  };
}

function nameOf({ physicalId }: ProvidedResource): string {
  return physicalId.split('/')[1] ?? '';
}
