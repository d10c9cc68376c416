import { createHash } from 'node:crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  type DescribeExecutionOutput,
} from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import {
  contentDigest,
  type ContentDigest,
  executionArnOf,
  outputPrefix,
  resultKey,
  type RunRecord,
} from '../../lib/contract/index.js';
import { aRunRecord } from '../contract/builders.js';

export const cloudFormation = mockClient(CloudFormationClient);
export const dynamoDb = mockClient(DynamoDBClient);
export const logs = mockClient(CloudWatchLogsClient);
export const s3 = mockClient(S3Client);
export const states = mockClient(SFNClient);

export const MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:codeseeder-demo';
export const OUTPUTS: Readonly<Record<string, string>> = {
  Bucket: 'codeseeder-demo-000000000000-abcdef',
  StateMachineArn: MACHINE,
  RunTable: 'codeseeder-demo-runs',
};

/** Content of the objects in the mocked bucket, by key. */
export const bucket = new Map<string, Buffer>();

/** Configuration of the SDK clients. The clients are mocked, so nothing is sent. */
export const AWS = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
};

/** Resets all mocks and mocks a deployed seedkit `demo`. */
export function resetAccount(): void {
  for (const service of [cloudFormation, dynamoDb, logs, s3, states]) service.reset();
  bucket.clear();
  mockStack('CREATE_COMPLETE', OUTPUTS);
  s3.on(HeadObjectCommand).callsFake(({ Key }: { Key: string }) => {
    if (!bucket.has(Key)) throw new NotFound({ $metadata: { httpStatusCode: 404 }, message: 'NotFound' });
    return describeObject(bucket.get(Key) ?? Buffer.of());
  });
  s3.on(PutObjectCommand).callsFake(putObject);
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => {
    const content = bucket.get(Key);
    if (content === undefined) throw Object.assign(new Error('no such key'), { name: 'NoSuchKey' });
    return { ContentLength: content.length, Body: { transformToByteArray: async () => content } };
  });
  states.on(StartExecutionCommand).callsFake(({ name }: { name: string }) => ({
    executionArn: executionArnOf(MACHINE, name),
  }));
  mockRecords(undefined);
}

function describeObject(content: Buffer) {
  const ChecksumSHA256 = createHash('sha256').update(content).digest('base64');
  return { ContentLength: content.length, ChecksumSHA256, ETag: `"${ChecksumSHA256}"` };
}

/** Stores an object as S3 does. With `If-None-Match`, an existing object is an error. */
export async function putObject({ Key = '', Body, IfNoneMatch }: PutObjectCommandInput) {
  const chunks: Buffer[] = [];
  if (typeof Body === 'string' || Body instanceof Uint8Array) chunks.push(Buffer.from(Body));
  else for await (const chunk of Body as AsyncIterable<Buffer>) chunks.push(chunk);
  if (IfNoneMatch === '*' && bucket.has(Key)) throw s3Error(412, 'PreconditionFailed');
  bucket.set(Key, Buffer.concat(chunks));
  return {};
}

export function s3Error(httpStatusCode: number, name: string): S3ServiceException {
  return new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: name });
}

export function mockStack(status: string, outputs: Readonly<Record<string, string>>): void {
  cloudFormation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'aws-codeseeder-demo',
        CreationTime: new Date(0),
        StackStatus: status as 'CREATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
}

/** Mocks the table: the reads return the given records in order, then always the last one. */
export function mockRecords(...records: readonly (RunRecord | undefined)[]): void {
  let look = 0;
  const next = () => {
    const record = records[Math.min(look, records.length - 1)];
    look += 1;
    return record && marshall(record, { removeUndefinedValues: true });
  };
  dynamoDb.on(GetItemCommand).callsFake(() => ({ Item: next() }));
  dynamoDb.on(BatchGetItemCommand).callsFake(() => {
    const item = next();
    return { Responses: { 'codeseeder-demo-runs': item === undefined ? [] : [item] } };
  });
}

export function mockExecution(execution: Partial<DescribeExecutionOutput>): void {
  states.on(DescribeExecutionCommand).resolves({ stateMachineArn: MACHINE, ...execution });
}

/** Stores a result in the bucket. @returns the members of a run's record that refer to it */
export function putResult(text: string): { outputKey: string; result: ContentDigest } {
  const outputKey = outputPrefix('arn:aws:codebuild:eu-west-1:000000000000:build/codeseeder-demo:1');
  const content = Buffer.from(text);
  bucket.set(resultKey(outputKey), content);
  return { outputKey, result: contentDigest(content) };
}

/** Returns a record that expires in 30 days, which no test reaches in simulated time. */
export function aRecord(overrides: Partial<RunRecord> = {}): RunRecord {
  return aRunRecord({ expiresAt: Math.floor(Date.now() / 1_000) + 30 * 86_400, ...overrides });
}
