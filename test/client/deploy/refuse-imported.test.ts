import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListImportsCommand,
} from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { destroySeedkit } from '../../../client/deploy/destroy-seedkit.js';
import { refuseImported } from '../../../client/deploy/refuse-imported.js';

const cloudFormation = mockClient(CloudFormationClient);
const s3 = mockClient(S3Client);
const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } };
const stack = {
  stackId: 'arn:stack',
  stackName: 'aws-codeseeder-demo',
  status: 'CREATE_COMPLETE',
  outputs: {},
  exportNames: ['codeseeder-demo-bucket', 'codeseeder-demo-event-bus'],
};
const refused = (name: string, message: string) => Object.assign(new Error(message), { name });

beforeEach(() => {
  cloudFormation.reset();
  s3.reset();
  cloudFormation
    .on(ListImportsCommand)
    .rejects(refused('ValidationError', "Export 'codeseeder-demo-bucket' is not imported by any stack."));
});

describe('The deletion of a stack whose outputs other stacks import', () => {
  it('A seedkit from which other stacks import is refused with their names before its bucket is emptied', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({
      Stacks: [
        {
          StackId: 'arn:stack',
          StackName: 'aws-codeseeder-demo',
          CreationTime: new Date(0),
          StackStatus: 'CREATE_COMPLETE',
          Outputs: [
            { OutputKey: 'StateMachineArn', OutputValue: 'arn:machine' },
            { OutputKey: 'Bucket', OutputValue: 'b', ExportName: 'codeseeder-demo-bucket' },
            { OutputKey: 'ExportsOutput', OutputValue: 'bus', ExportName: 'codeseeder-demo-event-bus' },
          ],
        },
      ],
    });
    const ofBus = { ExportName: 'codeseeder-demo-event-bus' };
    cloudFormation.on(ListImportsCommand, ofBus).resolves({ Imports: ['reports'], NextToken: 'more' });
    cloudFormation
      .on(ListImportsCommand, { ...ofBus, NextToken: 'more' })
      .resolves({ Imports: ['alerts', 'reports'] });

    await expect(destroySeedkit('demo', { aws })).rejects.toMatchObject({
      code: 'StackImported',
      message: expect.stringMatching(/import its outputs: alerts, reports\. Nothing was deleted\./),
    });
    expect(s3.calls()).toHaveLength(0);
  });

  it('A stack from which no other stack imports may be deleted', async () => {
    await expect(refuseImported(new CloudFormationClient(aws), stack)).resolves.toBeUndefined();
    expect(cloudFormation.commandCalls(ListImportsCommand)).toHaveLength(2);
  });

  it('A caller without the right to list imports leaves the refusal to CloudFormation', async () => {
    cloudFormation.on(ListImportsCommand).rejects(refused('AccessDenied', 'not authorized'));
    await expect(refuseImported(new CloudFormationClient(aws), stack)).resolves.toBeUndefined();
  });

  it('Other errors of ListImports are not hidden', async () => {
    cloudFormation.on(ListImportsCommand).rejects(refused('InternalFailure', 'try again'));
    await expect(refuseImported(new CloudFormationClient(aws), stack)).rejects.toThrow('try again');
  });
});
