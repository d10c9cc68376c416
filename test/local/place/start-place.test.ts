import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListExportsCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { findRunningPlace, startLocalPlace, type LocalPlace } from '../../../lib/local/index.js';
import { synthesizedSeedkit, type SynthesizedSeedkit } from './seedkit-assembly.js';
import { withTemporaryFolder } from './temporary-folder.js';

/** The CDK app takes its time on a machine that is busy with other tests. */
const SYNTHESIS_MS = 180_000;

const places: LocalPlace[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.close()));
});

const problems: string[] = [];

async function aPlace(...[options]: Parameters<typeof startLocalPlace>): Promise<LocalPlace> {
  const place = await startLocalPlace({ onProblem: (problem) => problems.push(problem), ...options });
  places.push(place);
  return place;
}

function clientOptions({ endpoint, region, credentials }: LocalPlace) {
  return { endpoint, region, credentials, maxAttempts: 1 };
}

describe('a local place', () => {
  it('answers signed requests, says where it is, and is gone when it is closed', async () => {
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

  it('has credentials of its own, and the same after a restart', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const first = await aPlace({ dataFolder });
      const other = await aPlace();
      expect(other.credentials).not.toEqual(first.credentials);
      const strangers = new STSClient({ ...clientOptions(first), credentials: other.credentials });
      await expect(strangers.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
        name: 'InvalidClientTokenId',
      });
      await expect(startLocalPlace({ dataFolder })).rejects.toMatchObject({ code: 'PlaceInUse' });
      await first.close();
      expect((await aPlace({ dataFolder })).credentials).toEqual(first.credentials);
    });
  });

  it('lets go of everything when it cannot start', async () => {
    await withTemporaryFolder(async (parent) => {
      const dataFolder = join(parent, 'data');
      const taken = (await aPlace()).port;
      await expect(startLocalPlace({ dataFolder, port: taken })).rejects.toMatchObject({
        code: 'EADDRINUSE',
      });
      await aPlace({ dataFolder });
    });
  });

  it('refuses an assembly whole, and creates nothing', async () => {
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
      await expect(place.deploy(assembly)).rejects.toThrow(/Odd \(AWS::ECS::Cluster\): there is no such/);
      const stacks = await new CloudFormationClient(clientOptions(place)).send(new DescribeStacksCommand({}));
      expect(stacks.Stacks).toEqual([]);
    });
  });
});

describe('the seedkit in a local place', () => {
  let seedkit: SynthesizedSeedkit | undefined;
  let assemblyFolder: string;
  beforeAll(async () => {
    seedkit = await synthesizedSeedkit();
    assemblyFolder = seedkit.folder;
  }, SYNTHESIS_MS);
  afterAll(() => seedkit?.dispose());

  it('is deployed whole from the assembly that AWS would get, and is there after a restart', async () => {
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
      expect(problems).toEqual([]);
    });
  });

  it('leaves nothing in a temporary place', async () => {
    const place = await aPlace();
    await place.deploy(assemblyFolder);
    const folder = await temporaryFolderOf(place);
    await place.close();
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function temporaryFolderOf(place: LocalPlace): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if ((await findRunningPlace(folder))?.endpoint === place.endpoint) return folder;
  }
  throw new Error(`no folder of ${place.endpoint}`);
}

async function expectSeedkit(place: LocalPlace, outputs: Readonly<Record<string, string>>): Promise<void> {
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
