import { seedkitNames } from '../../../lib/contract/index.js';
import type { DestroyResult } from '../../deploy-types.js';
import { STANDING_USD } from '../../seedkit-price.js';

type Retained = DestroyResult['retained'][number];

/**
 * Describes what the destruction of a seedkit left in the account, what it costs, and how to delete it. The log group
 * of builds always stays.
 * @param isLocal whether the account is that of a local AWS
 */
export function describeRetained(seedkit: string, retained: readonly Retained[], isLocal: boolean): string[] {
  const key = retained.find(({ resourceType }) => resourceType === 'AWS::KMS::Key');
  const hasTable = retained.some(({ resourceType }) => resourceType === 'AWS::DynamoDB::Table');
  const isDomainKept = retained.some(({ resourceType }) => resourceType === 'AWS::CodeArtifact::Domain');
  return [
    'These stay in the account:',
    ...retained.map((resource) => `- ${describeResource(resource)}`),
    `- the logs of builds, in the log group ${seedkitNames.buildLogGroup(seedkit)}`,
    ...(hasTable ? [describeNextDeployment(seedkit, key !== undefined, isLocal)] : []),
    ...(isDomainKept
      ? [`While the packages are there, \`${deployCommand(seedkit)} --deploy-codeartifact\` is refused.`]
      : []),
    ...(hasTable || isDomainKept
      ? [describeDeletion(seedkit, { hasTable, hasKey: key !== undefined, isDomainKept })]
      : []),
  ];
}

/** Says that the caller may not see whether a CodeArtifact domain remains, and how to find out. */
export function describeUnchecked(domain: string): string {
  return `You have no right to see whether the CodeArtifact domain ${domain} remains, with its packages (codeartifact:DescribeDomain). To check with a role that has it: aws codeartifact describe-domain --domain ${domain}`;
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

/** Says how a new deployment treats the retained table. */
function describeNextDeployment(seedkit: string, hasKey: boolean, isLocal: boolean): string {
  const deploy = deployCommand(seedkit);
  if (isLocal) return `To use the table again: ${deploy}`;
  return hasKey
    ? `While the table is there, \`${deploy}\` is refused.`
    : `While the table is there, \`${deploy}\` is refused. To use the table again: ${deploy} --no-encryption`;
}

function deployCommand(seedkit: string): string {
  return `codeseeder deploy seedkit ${seedkit}`;
}

interface Kept {
  readonly hasTable: boolean;
  readonly hasKey: boolean;
  readonly isDomainKept: boolean;
}

/** Returns the command that deletes what stays, but for the logs. */
function describeDeletion(seedkit: string, { hasTable, hasKey, isDomainKept }: Kept): string {
  const parts = [
    ...(hasTable ? ['the table'] : []),
    ...(hasKey ? ['the key'] : []),
    ...(isDomainKept ? ['the packages'] : []),
  ];
  const all = [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ');
  return `To delete ${all}: codeseeder destroy seedkit ${seedkit} --delete-data`;
}
