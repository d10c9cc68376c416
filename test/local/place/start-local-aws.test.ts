import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListExportsCommand,
} from '@aws-sdk/client-cloudformation';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DescribeLogGroupsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { deleteDataFolder } from '../../../lib/local/delete-data-folder.js';
import { findRunningPlace, startLocalAws, type LocalAws } from '../../../lib/local/index.js';
import { synthesizedSeedkit } from './seedkit-assembly.js';
import { withTemporaryFolder } from './temporary-folder.js';

/** Timeout of tests that synthesize. The CDK app is slow while other tests use the machine. */
const SYNTHESIS_MS = 180_000;

const places: LocalAws[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.close()));
});

const problems: string[] = [];

async function aPlace(...[options]: Parameters<typeof startLocalAws>): Promise<LocalAws> {
  const place = await startLocalAws({ onProblem: (problem) => problems.push(problem), ...options });
  places.push(place);
  return place;
}

function clientOptions({ endpoint, region, credentials }: LocalAws) {
  return { endpoint, region, credentials, maxAttempts: 1 };
}

describe('startLocalAws', () => {
  it('`startLocalAws` answers signed requests and announces its endpoint until it is closed', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const place = await aPlace({ dataFolder, account: '123456789012', region: 'eu-central-1' });
      const identity = await new STSClient(clientOptions(place)).send(new GetCallerIdentityCommand({}));
      expect(identity.Account).toBe('123456789012');
      expect(await findRunningPlace(dataFolder)).toMatchObject({
        endpoint: place.endpoint,
        pid: process.pid,
      });
      expect(place.environment()).toEqual({
        AWS_ENDPOINT_URL: place.endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: place.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: place.credentials.secretAccessKey,
      });
      await place.close();
      expect(await findRunningPlace(dataFolder)).toBeUndefined();
      await expect(fetch(place.endpoint)).rejects.toThrow();
      await place.close();
    });
  });

  it('`startLocalAws` creates credentials at the first start and keeps them after a restart', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const first = await aPlace({ dataFolder });
      const other = await aPlace();
      expect(other.credentials).not.toEqual(first.credentials);
      const strangers = new STSClient({ ...clientOptions(first), credentials: other.credentials });
      await expect(strangers.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: 'InvalidClientTokenId',
      });
      await expect(startLocalAws({ dataFolder })).rejects.toMatchObject({ code: 'PlaceInUse' });
      await first.close();
      expect((await aPlace({ dataFolder })).credentials).toEqual(first.credentials);
    });
  });

  it('`startLocalAws` listens on the port of the last start, or on another if that is in use', async () => {
    await withTemporaryFolder(async (dataFolder) => {
      const first = await aPlace({ dataFolder });
      await first.close();
      const second = await aPlace({ dataFolder });
      expect(second.port).toBe(first.port);
      await second.close();
      const other = createServer().listen(first.port, '127.0.0.1');
      await once(other, 'listening');
      try {
        const third = await aPlace({ dataFolder });
        expect(third.port).not.toBe(first.port);
        const { Account } = await new STSClient(clientOptions(third)).send(new GetCallerIdentityCommand({}));
        expect(Account).toBe(third.account);
        await third.close();
      } finally {
        other.close();
      }
    });
  });

  it('`startLocalAws` releases its data folder when its port is in use', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const taken = (await aPlace()).port;
      await expect(startLocalAws({ dataFolder, port: taken })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
      await aPlace({ dataFolder });
    });
  });

  it('`startLocalAws` throttles calls over the rates of AWS with `quotas`, as the service does', async () => {
    const place = await aPlace({ quotas: 'aws' });
    const codebuild = new CodeBuildClient(clientOptions(place));
    const calls = await Promise.allSettled(
      Array.from({ length: 60 }, () => codebuild.send(new BatchGetBuildsCommand({ ids: ['p:1'] }))),
    );
    const refused = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason as Error] : []));
    expect(refused.length).toBeGreaterThan(0);
    // The rate allows 10 calls immediately and 10 more per second.
    expect(calls.length - refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]).toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  });

  it('`startLocalAws` does not throttle calls without `quotas`', async () => {
    const codebuild = new CodeBuildClient(clientOptions(await aPlace()));
    const look = () => codebuild.send(new BatchGetBuildsCommand({ ids: ['p:1'] }));
    expect(await Promise.all(Array.from({ length: 60 }, look))).toHaveLength(60);
  });

  it('`startLocalAws` refuses unknown `quotas` before it creates a folder', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      await expect(startLocalAws({ dataFolder, quotas: 'fast' as never })).rejects.toMatchObject({
        code: 'InvalidRequest',
        message: '"fast" is not a value of quotas: use none, aws, aws-new-account.',
      });
      await expect(readdir(dataFolder)).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });

  it('A local AWS refuses an unsupported assembly and creates nothing', async () => {
    await withTemporaryFolder(async (assembly) => {
      await writeFile(
        join(assembly, 'manifest.json'),
        JSON.stringify({
          artifacts: { it: { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } } },
        }),
      );
      const resources = { Fine: { Type: 'AWS::SQS::Queue' }, Odd: { Type: 'AWS::ECS::Cluster' } };
      await writeFile(join(assembly, 't.json'), JSON.stringify({ Resources: resources }));
      const place = await aPlace();
      await expect(place.deploy(assembly)).rejects.toThrow(
        /Odd \(AWS::ECS::Cluster\): the local AWS does not have/,
      );
      const stacks = await new CloudFormationClient(clientOptions(place)).send(new DescribeStacksCommand({}));
      expect(stacks.Stacks).toEqual([]);
    });
  });
});

describe('The seedkit in a local AWS', () => {
  let assemblyFolder: string;
  beforeAll(async () => {
    assemblyFolder = (await synthesizedSeedkit()).folder;
  }, SYNTHESIS_MS);

  it('A local AWS deploys the seedkit from the same assembly as AWS, keeps it after a restart, and leaves nothing once its data is deleted', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const place = await aPlace({ dataFolder });
      const [stack] = await place.deploy(assemblyFolder);
      expect(stack?.stackName).toBe('aws-codeseeder-demo');
      await expectSeedkit(place, stack?.outputs ?? {});
      await place.close();
      const again = await aPlace({ dataFolder });
      await expectSeedkit(again, stack?.outputs ?? {});
      expect(await again.deploy(assemblyFolder)).toEqual([stack]);
      await again.close();
      expect(problems).toEqual([]);
      // `local up --app` synthesizes into this folder.
      await mkdir(join(dataFolder, 'assembly'));
      expect(await deleteDataFolder(dataFolder)).toEqual([]);
      expect(await readdir(parent)).toEqual([]);
    });
  });

  it('A temporary local AWS leaves no files', async () => {
    const place = await aPlace();
    await place.deploy(assemblyFolder);
    const folder = await temporaryFolderOf(place);
    await place.close();
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function temporaryFolderOf(place: LocalAws): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if ((await findRunningPlace(folder))?.endpoint === place.endpoint) return folder;
  }
  throw new Error(`no folder of ${place.endpoint}`);
}

async function expectSeedkit(place: LocalAws, outputs: Readonly<Record<string, string>>): Promise<void> {
  const options = clientOptions(place);
  const cloudFormation = new CloudFormationClient(options);
  const described = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: 'aws-codeseeder-demo' }),
  );
  const stack = described.Stacks?.[0];
  expect(stack?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
  expect(Object.fromEntries(stack?.Outputs?.map((o) => [o.OutputKey, o.OutputValue]) ?? [])).toEqual(outputs);
  const { Exports = [] } = await cloudFormation.send(new ListExportsCommand({}));
  expect(Exports.map(({ Name }) => Name)).toContain('codeseeder-demo-bucket');

  const machine = new DescribeStateMachineCommand({ stateMachineArn: outputs['StateMachineArn'] });
  const { definition } = await new SFNClient(options).send(machine);
  expect(JSON.parse(definition ?? '')).toMatchObject({ QueryLanguage: 'JSONata' });
  const { Table } = await new DynamoDBClient(options).send(
    new DescribeTableCommand({ TableName: outputs['RunTable'] }),
  );
  expect(Table?.TableStatus).toBe('ACTIVE');
  const { logGroups } = await new CloudWatchLogsClient(options).send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/codebuild/codeseeder-demo' }),
  );
  expect(logGroups).toHaveLength(1);
}
