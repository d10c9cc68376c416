import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import {
  CodeartifactClient,
  DeleteDomainCommand,
  DeleteRepositoryCommand,
  DescribeDomainCommand,
} from '@aws-sdk/client-codeartifact';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { createAwsClients } from '../../../client/connection/aws-clients.js';
import { destroySeedkit } from '../../../client/deploy/destroy-seedkit.js';
import { CodeseederError } from '../../../lib/contract/index.js';
import { refuseRetainedPackages } from '../../../client/deploy/retained-packages.js';
import { refuseRetained } from '../../../client/deploy/retained-data.js';

const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);
const kms = mockClient(KMSClient);
const codeArtifact = mockClient(CodeartifactClient);
const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } };
const clients = createAwsClients(aws);

const named = (name: string) => Object.assign(new Error(name), { name });

function mockTable(table: Partial<TableDescription> | undefined): void {
  if (table === undefined) {
    const missing = new ResourceNotFoundException({ $metadata: {}, message: 'no table' });
    dynamoDb.on(DescribeTableCommand).rejects(missing);
  } else dynamoDb.on(DescribeTableCommand).resolves({ Table: { TableStatus: 'ACTIVE', ...table } });
}

beforeEach(() => {
  cloudFormation.reset();
  dynamoDb.reset();
  kms.reset();
  codeArtifact.reset();
  codeArtifact.on(DescribeDomainCommand).rejects(named('ResourceNotFoundException'));
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack aws-codeseeder-demo does not exist'));
  dynamoDb.on(DeleteTableCommand).resolves({});
});

const refuse = (context = {}) => refuseRetained(clients, 'demo', context, undefined);
const withKey = { SSEDescription: { KMSMasterKeyArn: 'arn:key' } };

describe('retained run table', () => {
  it.each([
    ['with a key, where the new seedkit has one', withKey, {}],
    ['without a key, where the new seedkit has one', {}, {}],
    ['with a key, where the new seedkit has none', withKey, { encryption: 'false' }],
  ])(
    '`deploySeedkit` refuses a retained table %s and says how to continue',
    async (_title, table, context) => {
      mockTable(table);
      await expect(refuse(context)).rejects.toMatchObject({
        code: 'RetainedInTheWay',
        message: expect.stringContaining('codeseeder destroy seedkit demo --delete-data'),
      });
    },
  );

  it.each([
    ['is not there', undefined, {}],
    ['is being deleted', { ...withKey, TableStatus: 'DELETING' as const }, {}],
    ['has no key, as the new seedkit', {}, { encryption: 'false' }],
    [
      'is in a local AWS, which has no keys',
      { TableArn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/codeseeder-demo-runs' },
      {},
    ],
  ])('`deploySeedkit` accepts a retained table that %s', async (_title, table, context) => {
    mockTable(table);
    await expect(refuse(context)).resolves.toBeUndefined();
  });

  it("`deploySeedkit` accepts a table that another caller's deployment is creating", async () => {
    mockTable(withKey);
    cloudFormation.on(DescribeStacksCommand).resolves({
      Stacks: [
        { StackName: 'aws-codeseeder-demo', CreationTime: new Date(0), StackStatus: 'CREATE_IN_PROGRESS' },
      ],
    });
    await expect(refuse()).resolves.toBeUndefined();
  });

  it('`destroySeedkit` deletes a retained table only with deleteData', async () => {
    mockTable({});
    await destroySeedkit('demo', { aws });
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(0);
    const events: unknown[] = [];
    await destroySeedkit('demo', { aws, deleteData: true, onProgress: (event) => events.push(event) });
    expect(dynamoDb.commandCalls(DeleteTableCommand)[0]?.args[0].input).toEqual({
      TableName: 'codeseeder-demo-runs',
    });
    expect(events).toEqual([{ type: 'deleted', table: 'codeseeder-demo-runs' }]);
  });

  it('`destroySeedkit` schedules the deletion of the key of a retained table before it deletes the table', async () => {
    mockTable(withKey);
    const DeletionDate = new Date('2026-12-30T10:00:00Z');
    kms
      .on(DescribeKeyCommand)
      .resolves({ KeyMetadata: { KeyId: 'k', Description: 'Data of the seedkit demo' } });
    kms.on(ScheduleKeyDeletionCommand).callsFake(() => {
      expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(0);
      return { DeletionDate };
    });
    const result = await destroySeedkit('demo', { aws, deleteData: true });

    expect(kms.commandCalls(ScheduleKeyDeletionCommand)[0]?.args[0].input).toEqual({
      KeyId: 'arn:key',
      PendingWindowInDays: 30,
    });
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(1);
    expect(result).toEqual({
      stackName: 'aws-codeseeder-demo',
      existed: false,
      retained: [],
      deletedTable: 'codeseeder-demo-runs',
      keyDeletion: { keyArn: 'arn:key', deletedAt: '2026-12-30T10:00:00.000Z' },
    });
  });

  it('`destroySeedkit` returns the date of a key whose deletion was scheduled before', async () => {
    mockTable(withKey);
    const DeletionDate = new Date('2026-12-24T10:00:00Z');
    const Description = 'Data of the seedkit demo';
    kms.on(DescribeKeyCommand).resolves({
      KeyMetadata: { KeyId: 'k', Description, KeyState: 'PendingDeletion', DeletionDate },
    });

    expect(await destroySeedkit('demo', { aws, deleteData: true })).toMatchObject({
      keyDeletion: { deletedAt: '2026-12-24T10:00:00.000Z' },
    });
    expect(kms.commandCalls(ScheduleKeyDeletionCommand)).toHaveLength(0);
  });

  it("`destroySeedkit` keeps a key of a retained table that is not the seedkit's own", async () => {
    mockTable(withKey);
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', Description: 'Data of the team' } });

    expect(await destroySeedkit('demo', { aws, deleteData: true })).not.toHaveProperty('keyDeletion');
    expect(kms.commandCalls(ScheduleKeyDeletionCommand)).toHaveLength(0);
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(1);
  });

  it('`destroySeedkit` deletes retained packages: first the repository of builds, then its upstream and the domain', async () => {
    mockTable(undefined);
    codeArtifact.on(DescribeDomainCommand).resolves({});
    // A deletion that was interrupted has left only one repository.
    codeArtifact.on(DeleteRepositoryCommand).rejectsOnce(named('ResourceNotFoundException')).resolves({});
    await destroySeedkit('demo', { aws });
    expect(codeArtifact.calls()).toHaveLength(0);
    const events: unknown[] = [];
    const result = await destroySeedkit('demo', {
      ...{ aws, deleteData: true, onProgress: (event) => events.push(event) },
    });
    const domain = 'aws-codeseeder-demo';

    expect(codeArtifact.commandCalls(DeleteRepositoryCommand).map(({ args }) => args[0].input)).toEqual([
      { domain, repository: 'python-repository' },
      { domain, repository: 'npm-repository' },
    ]);
    expect(codeArtifact.commandCalls(DeleteDomainCommand)).toHaveLength(1);
    expect(result).toMatchObject({ existed: false, deletedDomain: domain });
    expect(events).toEqual([{ type: 'deletedPackages', domain }]);
  });

  it('`deploySeedkit` refuses a domain that an earlier seedkit retained, and says how to continue', async () => {
    codeArtifact.on(DescribeDomainCommand).resolves({});

    await expect(refuseRetainedPackages(clients, 'demo', undefined)).rejects.toMatchObject({
      code: 'RetainedInTheWay',
      message: expect.stringMatching(
        /domain aws-codeseeder-demo exists.*\n.*deploy seedkit demo --skip-codeartifact\n.*destroy seedkit demo --delete-data\n/,
      ),
    });
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException'])(
    '`deploySeedkit` goes on if CodeArtifact answers %s for the domain',
    async (name) => {
      codeArtifact.on(DescribeDomainCommand).rejects(named(name));
      await expect(refuseRetainedPackages(clients, 'demo', undefined)).resolves.toBeUndefined();
    },
  );

  it('`destroySeedkit` names the domain that a caller without the right to describe it may leave', async () => {
    mockTable({});
    codeArtifact.on(DescribeDomainCommand).rejects(named('AccessDeniedException'));

    expect(await destroySeedkit('demo', { aws, deleteData: true })).toMatchObject({
      deletedTable: 'codeseeder-demo-runs',
      uncheckedDomain: 'aws-codeseeder-demo',
    });
  });

  it.each([
    ['may not see packages', named('AccessDeniedException')],
    [
      'calls a region without CodeArtifact',
      new CodeseederError('AwsUnreachable', 'no answer', {
        cause: Object.assign(new Error('no host'), { code: 'ENOTFOUND' }),
      }),
    ],
  ])('`destroySeedkit` deletes the table of a caller that %s', async (_title, error) => {
    mockTable({});
    codeArtifact.on(DescribeDomainCommand).rejects(error);

    expect(await destroySeedkit('demo', { aws, deleteData: true })).toMatchObject({
      deletedTable: 'codeseeder-demo-runs',
    });
  });

  it('`destroySeedkit` refuses to delete a protected table', async () => {
    mockTable({ DeletionProtectionEnabled: true });
    await expect(destroySeedkit('demo', { aws, deleteData: true })).rejects.toMatchObject({
      code: 'TableProtected',
    });
    expect(dynamoDb.commandCalls(DeleteTableCommand)).toHaveLength(0);
  });
});
