import { STANDING_USD } from '../../seedkit-price.js';
import type { DestroyResult } from '../../deploy-types.js';

/**
 * Describes a retained resource in lines. A key costs money as long as it exists, so its line has the price.
 */
export function describeRetained({
  logicalId,
  resourceType,
  physicalId,
}: DestroyResult['retained'][number]): string[] {
  const name = physicalId === undefined ? '' : `: ${physicalId}`;
  const line = `retained: ${logicalId} (${resourceType})${name}`;
  if (resourceType !== 'AWS::KMS::Key') return [line];
  const key = STANDING_USD[resourceType];
  return [
    line,
    `  The key costs ${key.usd} USD a month. ${key.note} The retained records cannot be read without it.`,
    `  To delete it, and what it encrypts with it: aws kms schedule-key-deletion --key-id ${physicalId ?? 'ARN'}`,
  ];
}
