import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CodeartifactClient, DescribeDomainCommand } from '@aws-sdk/client-codeartifact';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { runMain } from '../a-terminal.js';

const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);
const kms = mockClient(KMSClient);
const codeArtifact = mockClient(CodeartifactClient);

const DESTROY = ['destroy', 'seedkit', 'demo', '--region', 'eu-west-1', '--yes'];
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/k';

function mockRetainedTable(): void {
  dynamoDb.on(DescribeTableCommand).resolves({
    Table: { TableStatus: 'ACTIVE', SSEDescription: { KMSMasterKeyArn: KEY } },
  });
}

beforeEach(() => {
  cloudFormation.reset();
  dynamoDb.reset();
  kms.reset();
  codeArtifact.reset();
  codeArtifact
    .on(DescribeDomainCommand)
    .rejects(Object.assign(new Error('no domain'), { name: 'ResourceNotFoundException' }));
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack aws-codeseeder-demo does not exist'));
  dynamoDb.on(DescribeTableCommand).resolves({});
});

describe('`destroy seedkit` without a stack', () => {
  it('`destroy seedkit` fails if there is no such seedkit, and says where it looked', async () => {
    const { exitCode, stdout, stderr } = await runMain(DESTROY);

    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'SeedkitNotFound: No seedkit "demo" is deployed in region eu-west-1 of this account. Nothing was deleted. Check name, region, account and AWS_ENDPOINT_URL; with --if-exists, this is no error.\n',
    );
  });

  it('`destroy seedkit --if-exists` succeeds if there is no such seedkit', async () => {
    const { exitCode, stdout, stderr } = await runMain([...DESTROY, '--if-exists', '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      seedkit: 'demo',
      stackName: 'aws-codeseeder-demo',
      existed: false,
      retained: [],
    });
    expect(stderr).toContain('No seedkit "demo" is deployed');
  });

  it('`destroy seedkit` names the data that an earlier seedkit has left, and the command that deletes it', async () => {
    mockRetainedTable();
    const { exitCode, stderr } = await runMain(DESTROY);

    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `An earlier one has left the table codeseeder-demo-runs, with the records of runs, and the KMS key ${KEY}, for 1 USD a month. To delete that: codeseeder destroy seedkit demo --delete-data`,
    );
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(0);
  });

  it('`destroy seedkit --delete-data` deletes that data, and says when the key is deleted', async () => {
    mockRetainedTable();
    kms.on(DescribeKeyCommand).resolves({
      KeyMetadata: { KeyId: 'k', Description: 'Data of the seedkit demo' },
    });
    kms.on(ScheduleKeyDeletionCommand).resolves({ DeletionDate: new Date('2026-12-30T10:00:00Z') });
    const { exitCode, stdout, stderr } = await runMain([...DESTROY, '--delete-data']);

    expect(exitCode).toBe(0);
    expect(stderr).toBe('deleted the table codeseeder-demo-runs\n');
    expect(stdout).toBe(
      `The data that the seedkit demo had left is deleted: the table codeseeder-demo-runs.
The KMS key ${KEY} is deleted on 2026-12-30. To keep it: aws kms cancel-key-deletion --key-id ${KEY}\n`,
    );
  });

  it('`destroy seedkit --delete-data` deletes packages that an earlier seedkit has left', async () => {
    codeArtifact.on(DescribeDomainCommand).resolves({});
    const kept = await runMain(DESTROY);
    const { exitCode, stdout, stderr } = await runMain([...DESTROY, '--delete-data']);

    expect(kept.stderr).toContain(
      'An earlier one has left the CodeArtifact domain aws-codeseeder-demo, with its packages.',
    );
    expect(exitCode).toBe(0);
    expect(stderr).toBe('deleted the CodeArtifact domain aws-codeseeder-demo\n');
    expect(stdout).toBe(
      'The data that the seedkit demo had left is deleted: the CodeArtifact domain aws-codeseeder-demo.\n',
    );
  });

  it('`destroy seedkit --delete-data` says that it could not check for packages, with the command that does', async () => {
    codeArtifact
      .on(DescribeDomainCommand)
      .rejects(Object.assign(new Error('no right'), { name: 'AccessDeniedException' }));
    const told =
      'To check with a role that has it: aws codeartifact describe-domain --domain aws-codeseeder-demo\n';
    const nothing = await runMain([...DESTROY, '--delete-data']);
    const notAsked = await runMain(DESTROY);
    mockRetainedTable();
    kms.on(DescribeKeyCommand).resolves({});
    const { stdout } = await runMain([...DESTROY, '--delete-data']);

    expect(nothing.stderr).toContain(told);
    expect(notAsked.stderr).not.toContain(told);
    expect(stdout).toContain(told);
  });

  it('`destroy seedkit` without --yes and without a terminal asks AWS nothing', async () => {
    const { exitCode, stderr } = await runMain(DESTROY.slice(0, -1));

    expect(exitCode).toBe(2);
    expect(stderr).toContain('add --yes');
    expect(cloudFormation.calls()).toHaveLength(0);
  });
});
