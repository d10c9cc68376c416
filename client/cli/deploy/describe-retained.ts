import type { DestroyResult } from '../../deploy-types.js';

/**
 * Describes a retained resource in lines. A key costs money as long as it exists, so its line has the price.
 * @see https://aws.amazon.com/kms/pricing/
 */
export function describeRetained({
  logicalId,
  resourceType,
  physicalId,
}: DestroyResult['retained'][number]): string[] {
  const name = physicalId === undefined ? '' : `: ${physicalId}`;
  const line = `retained: ${logicalId} (${resourceType})${name}`;
  if (resourceType !== 'AWS::KMS::Key') return [line];
  return [
    line,
    '  The key costs 1 USD a month, and 1 USD more after each of its first two rotations. The retained records cannot be read without it.',
    `  To delete it, and what it encrypts with it: aws kms schedule-key-deletion --key-id ${physicalId ?? 'ARN'}`,
  ];
}
