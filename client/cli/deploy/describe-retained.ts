import { seedkitNames } from '../../../lib/contract/index.js';
import type { DestroyResult } from '../../deploy-types.js';
import { STANDING_USD } from '../../seedkit-price.js';

type Retained = DestroyResult['retained'][number];

/**
 * Describes what the destruction of a seedkit left in the account, what it costs, and how to delete it. The log group
 * of builds always stays.
 */
export function describeRetained(seedkit: string, retained: readonly Retained[]): string[] {
  const key = retained.find(({ resourceType }) => resourceType === 'AWS::KMS::Key');
  const hasTable = retained.some(({ resourceType }) => resourceType === 'AWS::DynamoDB::Table');
  const isDomainKept = retained.some(({ resourceType }) => resourceType === 'AWS::CodeArtifact::Domain');
  return [
    'These stay in the account:',
    ...retained.map((resource) => `- ${describeResource(resource)}`),
    `- the logs of builds, in the log group ${seedkitNames.buildLogGroup(seedkit)}`,
    ...(hasTable ? [describeNext(seedkit, key !== undefined)] : []),
    ...(isDomainKept ? [describePackages(seedkit, retained)] : []),
  ];
}

const KINDS: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'the records of runs, in the table',
  'AWS::KMS::Key': 'the KMS key that encrypts what stays:',
  'AWS::CodeArtifact::Domain': 'packages, in the CodeArtifact domain',
  'AWS::CodeArtifact::Repository': 'packages, in the CodeArtifact repository',
};

function describeResource({ logicalId, resourceType, physicalId = logicalId }: Retained): string {
  const isNamedByArn = resourceType.startsWith('AWS::CodeArtifact::');
  const name = isNamedByArn ? physicalId.slice(physicalId.indexOf('/') + 1) : physicalId;
  const text = `${KINDS[resourceType] ?? resourceType} ${name}`;
  if (resourceType !== 'AWS::KMS::Key') return text;
  const { usd, note } = STANDING_USD[resourceType];
  return `${text}. It costs ${usd} USD a month. ${note}`;
}

/** Says what the retained table prevents, and how to delete it. */
function describeNext(seedkit: string, hasKey: boolean): string {
  const refused = hasKey
    ? 'refuses while the table is there'
    : 'takes over the table with --no-encryption, and refuses without';
  return `\`codeseeder deploy seedkit ${seedkit}\` ${refused}. To delete the table${hasKey ? ' and the key' : ''}: codeseeder destroy seedkit ${seedkit} --delete-data`;
}

/** Returns the commands that delete packages, for which there is no stack anymore. */
function describePackages(seedkit: string, retained: readonly Retained[]): string {
  const domain = seedkitNames.codeArtifactDomain(seedkit);
  const repositories = retained.flatMap(({ resourceType, physicalId = '' }) =>
    resourceType === 'AWS::CodeArtifact::Repository' ? [physicalId.split('/').at(-1) ?? ''] : [],
  );
  return [
    'To delete the packages, before their key:',
    ...repositories.map(
      (name) => `  aws codeartifact delete-repository --domain ${domain} --repository ${name}`,
    ),
    `  aws codeartifact delete-domain --domain ${domain}`,
  ].join('\n');
}
