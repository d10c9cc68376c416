import { describe, expect, it } from '@jest/globals';

import { describeRetained } from '../../../../client/cli/deploy/describe-retained.js';

describe('what `destroy` leaves', () => {
  it('A retained key is named with its price and the command that deletes it', () => {
    const physicalId = 'arn:aws:kms:eu-central-1:123456789012:key/k';
    const lines = describeRetained({ logicalId: 'EncryptionKey', resourceType: 'AWS::KMS::Key', physicalId });
    expect(lines[0]).toBe(`retained: EncryptionKey (AWS::KMS::Key): ${physicalId}`);
    expect(lines[1]).toMatch(/1 USD a month/);
    expect(lines[2]).toContain(`aws kms schedule-key-deletion --key-id ${physicalId}`);
  });

  it('A retained table is one line', () => {
    expect(describeRetained({ logicalId: 'Table', resourceType: 'AWS::DynamoDB::Table' })).toEqual([
      'retained: Table (AWS::DynamoDB::Table)',
    ]);
  });
});
