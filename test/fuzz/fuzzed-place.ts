import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startLocalAws, type LocalAws } from '../../lib/local/index.js';

export interface FuzzedPlace extends LocalAws {
  /** Folder that contains the data, and files that requests must not be able to read. */
  readonly dataFolder: string;
  /** The internal errors that the local AWS reported. */
  readonly problems: string[];
  dispose(): Promise<void>;
}

const ROLE = 'arn:aws:iam::123456789012:role/fuzz';

/** One resource of each type, so that requests do not all fail with "not found". */
const RESOURCES = {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'fuzz' } },
  Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'fuzz' } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'fuzz' } },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'fuzz' } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'fuzz',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'fuzz',
      RoleArn: ROLE,
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Only',
        States: { Only: { Type: 'Pass', Output: '{% $states.input %}', End: true } },
      }),
    },
  },
  Project: {
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Name: 'fuzz',
      ServiceRole: ROLE,
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: {
        Type: 'LINUX_CONTAINER',
        ComputeType: 'BUILD_GENERAL1_SMALL',
        Image: 'aws/codebuild/standard:8.0',
      },
      Source: { Type: 'NO_SOURCE', BuildSpec: '{"version":0.2,"phases":{"build":{"commands":["true"]}}}' },
    },
  },
};

/** Starts a local AWS with one stack. */
export async function startFuzzedPlace(): Promise<FuzzedPlace> {
  const parent = await mkdtemp(join(tmpdir(), 'codeseeder-fuzz-'));
  const dataFolder = join(parent, 'data');
  const problems: string[] = [];
  const place = await startLocalAws({
    dataFolder,
    account: '123456789012',
    region: 'eu-central-1',
    onProblem: (problem, cause) =>
      problems.push(cause instanceof Error ? `${problem} ${cause.stack}` : problem),
  });
  const assembly = join(parent, 'assembly');
  await mkdir(assembly);
  const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } };
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify({ artifacts: { fuzz: stack } }));
  await writeFile(join(assembly, 't.json'), JSON.stringify({ Resources: RESOURCES }));
  await place.deploy(assembly);
  return {
    ...place,
    dataFolder,
    problems,
    async dispose() {
      await place.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}
