import { Stack, type RemovalPolicy } from 'aws-cdk-lib';
import { CfnDomain, CfnRepository } from 'aws-cdk-lib/aws-codeartifact';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { CODE_ARTIFACT_REPOSITORIES, seedkitNames } from '../contract/index.js';
import { allow } from '../control-plane/access-statement.js';
import { definedOnly } from '../contract/defined-only.js';

/** Properties of {@link SeedkitPackages}. */
export interface SeedkitPackagesProps {
  readonly seedkit: string;
  readonly encryptionKey?: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The CodeArtifact domain of a seedkit and its repository. pip, twine and npm all log in to this one repository. A
 * repository has at most one external connection. This one is connected to PyPI, and its upstream repository to npm's
 * registry.
 *
 * @see https://docs.aws.amazon.com/codeartifact/latest/ug/external-connection.html
 */
export class SeedkitPackages extends Construct {
  /** Name of the domain. */
  readonly domainName: string;
  /** Name of the repository that packages are read from and published to. */
  readonly repositoryName: string;

  constructor(scope: Construct, id: string, props: SeedkitPackagesProps) {
    super(scope, id);
    const domain = new CfnDomain(this, 'Domain', {
      domainName: seedkitNames.codeArtifactDomain(props.seedkit),
      ...definedOnly({ encryptionKey: props.encryptionKey?.keyArn }),
    });
    const npm = new CfnRepository(this, 'NpmRepository', {
      domainName: domain.attrName,
      repositoryName: CODE_ARTIFACT_REPOSITORIES.npm,
      description: `Packages of npm's public registry that the seedkit ${props.seedkit} reads`,
      externalConnections: ['public:npmjs'],
    });
    const repository = new CfnRepository(this, 'Repository', {
      domainName: domain.attrName,
      repositoryName: CODE_ARTIFACT_REPOSITORIES.packages,
      description: `Packages of the seedkit ${props.seedkit}, Python's and npm's`,
      externalConnections: ['public:pypi'],
      upstreams: [npm.attrName],
    });
    for (const resource of [domain, npm, repository]) resource.applyRemovalPolicy(props.removalPolicy);
    this.domainName = domain.attrName;
    this.repositoryName = repository.attrName;
  }
}

/**
 * Returns the rights of a build to log in to the domain and read packages. Builds may not publish packages, because a
 * build could then replace a package that other builds install.
 */
export function packagesAccess(scope: Construct, seedkit: string): PolicyStatement[] {
  const domain = seedkitNames.codeArtifactDomain(seedkit);
  const arn = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'codeartifact', resource, resourceName });
  const { packages } = CODE_ARTIFACT_REPOSITORIES;
  return [
    allow('LogInToDomain', ['codeartifact:GetAuthorizationToken'], [arn('domain', domain)]),
    allow(
      'GetToken',
      ['sts:GetServiceBearerToken'],
      ['*'],
      'The token is the caller’s own and the action takes no resource; the condition keeps it to one service.',
    ).when('StringEquals', { 'sts:AWSServiceName': 'codeartifact.amazonaws.com' }),
    allow(
      'ReadPackages',
      ['codeartifact:GetRepositoryEndpoint', 'codeartifact:ReadFromRepository'],
      [arn('repository', `${domain}/${packages}`)],
    ),
  ];
}
