import { describe, expect, it } from '@jest/globals';

import { planOfStack } from '../../../../client/cli/deploy/plan-destruction.js';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/k';

function aStack(outputs: Readonly<Record<string, string>> = {}) {
  return {
    stackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/aws-codeseeder-demo/1',
    stackName: 'aws-codeseeder-demo',
    status: 'CREATE_COMPLETE',
    exportNames: [],
    outputs: {
      Bucket: 'codeseeder-demo-123456789012-abcdef',
      RunTable: 'codeseeder-demo-runs',
      KmsKeyArn: KEY,
      StateMachineArn: 'arn',
      ...outputs,
    },
  };
}

const ALWAYS_DELETED = [
  expect.stringContaining('the stack aws-codeseeder-demo, with'),
  expect.stringContaining('the bucket codeseeder-demo-123456789012-abcdef, with all objects'),
];
const TABLE = 'the table codeseeder-demo-runs, with the records of runs';
const LOGS = 'the log group /aws/codebuild/codeseeder-demo, with the logs of builds';

describe('planOfStack', () => {
  it('A seedkit keeps its table, its key and its packages', () => {
    expect(planOfStack('demo', aStack({ CodeArtifactDomain: 'aws-codeseeder-demo' }), false)).toEqual({
      place: 'region eu-central-1 of account 123456789012',
      isLocal: false,
      deletes: ALWAYS_DELETED,
      keeps: [
        TABLE,
        `the KMS key ${KEY}, for 1 USD a month`,
        'the CodeArtifact domain aws-codeseeder-demo, with its packages',
        LOGS,
      ],
    });
  });

  it.each([true, false])('A seedkit in a local AWS has no key (--delete-data: %s)', (deleteData) => {
    const stackId = aStack().stackId.replace('123456789012', '000000000000');
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    const { place, isLocal, deletes, keeps } = planOfStack('demo', { ...aStack(), stackId }, deleteData);
    delete process.env['AWS_ENDPOINT_URL'];

    expect({ place, isLocal }).toEqual({ place: 'the local AWS at http://127.0.0.1:4566', isLocal: true });

    expect([...deletes, ...keeps]).toContain(TABLE);
    expect([...deletes, ...keeps].join()).not.toContain('KMS');
  });

  it.each([
    ['with --delete-data', aStack(), true],
    [
      'that was deployed with the removal policy `destroy`',
      aStack({ SeedkitContext: '{"removalPolicy":"destroy"}' }),
      false,
    ],
  ])('A seedkit %s loses its table and its key, and keeps its logs', (_title, stack, deleteData) => {
    expect(planOfStack('demo', stack, deleteData)).toMatchObject({
      deletes: [...ALWAYS_DELETED, TABLE, `the KMS key ${KEY}, 30 days from now`],
      keeps: [LOGS],
    });
  });
});
