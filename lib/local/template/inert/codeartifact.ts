import type { PlaceContext } from '../../place-context.js';
import type { ResourceProvider, ResourceRequest } from '../resource-provider.js';
import { givenName, inertProvider } from './inert-provider.js';

const REASON =
  'there are no package repositories here: builds install from the public ones or from local folders';

/** Domains and repositories of packages: real names and ARNs, and no packages. */
export function codeArtifactProviders({
  partition,
  region,
  account,
}: PlaceContext): readonly ResourceProvider[] {
  const arnOf = (resource: string) => `arn:${partition}:codeartifact:${region}:${account}:${resource}`;
  const domain = inertProvider({
    type: 'AWS::CodeArtifact::Domain',
    reason: REASON,
    properties: ['DomainName', 'EncryptionKey', 'PermissionsPolicyDocument', 'Tags'],
    describe(request) {
      const name = requiredName(request, 'DomainName');
      const arn = arnOf(`domain/${name}`);
      const encryptionKey =
        givenName(request, 'EncryptionKey') ??
        `arn:${partition}:kms:${region}:${account}:alias/aws/codeartifact`;
      return {
        physicalId: arn,
        attributes: { Arn: arn, Name: name, Owner: account, EncryptionKey: encryptionKey },
      };
    },
  });
  const repository = inertProvider({
    type: 'AWS::CodeArtifact::Repository',
    reason: REASON,
    properties: [
      'Description',
      'DomainName',
      'DomainOwner',
      'ExternalConnections',
      'PermissionsPolicyDocument',
      'RepositoryName',
      'Tags',
      'Upstreams',
    ],
    describe(request) {
      const name = requiredName(request, 'RepositoryName');
      const domainName = requiredName(request, 'DomainName');
      const arn = arnOf(`repository/${domainName}/${name}`);
      return {
        physicalId: arn,
        attributes: {
          Arn: arn,
          Name: name,
          DomainName: domainName,
          DomainOwner: givenName(request, 'DomainOwner') ?? account,
        },
      };
    },
  });
  return [domain, repository];
}

function requiredName(request: ResourceRequest, property: string): string {
  const name = givenName(request, property);
  if (name === undefined) throw new Error(`${request.logicalId} has no ${property}.`);
  return name;
}
