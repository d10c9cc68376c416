import { describe, expect, it } from '@jest/globals';

import { describeRetained } from '../../../../client/cli/deploy/describe-retained.js';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/k';
const TABLE = {
  logicalId: 'ControlPlaneRunsTable85E2FE68',
  resourceType: 'AWS::DynamoDB::Table',
  physicalId: 'codeseeder-demo-runs',
};
const LOGS = '- the logs of builds, in the log group /aws/codebuild/codeseeder-demo';

describe('what `destroy` leaves', () => {
  it('The table and the key have their names, the price, and the command that deletes them', () => {
    const key = { logicalId: 'EncryptionKey3A692D6E', resourceType: 'AWS::KMS::Key', physicalId: KEY };

    expect(describeRetained('demo', [TABLE, key], false)).toEqual([
      'These stay in the account:',
      '- the records of runs, in the table codeseeder-demo-runs',
      `- the KMS key that encrypts what stays: ${KEY}. It costs 1 USD a month. Each of its first two rotations adds 1 USD a month.`,
      LOGS,
      'While the table is there, `codeseeder deploy seedkit demo` is refused.',
      'To delete the table and the key: codeseeder destroy seedkit demo --delete-data',
    ]);
  });

  it('A table without a key can be taken over by a seedkit without a key', () => {
    expect(describeRetained('demo', [TABLE], false).slice(-2)).toEqual([
      'While the table is there, `codeseeder deploy seedkit demo` is refused. To use the table again: codeseeder deploy seedkit demo --no-encryption',
      'To delete the table: codeseeder destroy seedkit demo --delete-data',
    ]);
  });

  it('A new seedkit in a local AWS uses the table again without an option', () => {
    expect(describeRetained('demo', [TABLE], true).slice(-2)).toEqual([
      'To use the table again: codeseeder deploy seedkit demo',
      'To delete the table: codeseeder destroy seedkit demo --delete-data',
    ]);
  });

  it('Packages have the command that deletes them', () => {
    const arn = (name: string) => `arn:aws:codeartifact:eu-central-1:123456789012:${name}`;
    const retained = [
      {
        logicalId: 'Packages1',
        resourceType: 'AWS::CodeArtifact::Repository',
        physicalId: arn('repository/aws-codeseeder-demo/python-repository'),
      },
      {
        logicalId: 'Packages2',
        resourceType: 'AWS::CodeArtifact::Domain',
        physicalId: arn('domain/aws-codeseeder-demo'),
      },
    ];
    const text = describeRetained('demo', retained, false).join('\n');

    expect(text).toContain(
      '- packages, in the CodeArtifact repository aws-codeseeder-demo/python-repository\n',
    );
    expect(text).toContain(
      'While the packages are there, `codeseeder deploy seedkit demo --deploy-codeartifact` is refused.\n',
    );
    expect(text).toMatch(/To delete the packages: codeseeder destroy seedkit demo --delete-data$/);
    expect(describeRetained('demo', [TABLE, ...retained], false).at(-1)).toMatch(
      /^To delete the table and the packages: /,
    );
  });

  it('The log group of builds stays, even if nothing else does', () => {
    expect(describeRetained('demo', [], false)).toEqual(['These stay in the account:', LOGS]);
  });
});
