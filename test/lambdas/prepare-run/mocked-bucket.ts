import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { prepareRun } from '../../../lambdas/prepare-run/prepare-run.js';
import { type AllowList, allowListSchema, type RunRequest } from '../../../lib/contract/index.js';
import { aLayer, anInput, aRunRequest } from '../../contract/builders.js';
import { objectWith } from '../s3-answers.js';

export const s3 = mockClient(S3Client);
export const dynamodb = mockClient(DynamoDBClient);
export const QUEUED_AT = '2026-03-01T10:00:00.000Z';
export const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1';
export const NODE = { kind: 'node', target: { module: 'src/a.ts', exportName: 'f' }, args: [1] };
export const COMMANDS = { kind: 'commands', target: ['npm test'] };

export const LOGIN_PROGRAMS = {
  node: Buffer.from('the program that logs in'),
  python: Buffer.from('the same in Python'),
};

export const PLACE_LAYERS_PROGRAM = Buffer.from('the program that places layers');

export function prepare(
  overrides: Partial<RunRequest> = {},
  allow: Partial<AllowList> = {},
  name = 'run-1',
  executionArn = EXECUTION_ARN,
) {
  const request = aRunRequest({ input: anInput(stored, overrides.runId), ...overrides });
  return prepareRequest(request, allow, name, executionArn);
}

/** Calls `prepare-run` with a request, which may be invalid. */
export function prepareRequest(
  request: unknown,
  allow: Partial<AllowList> = {},
  executionName = 'run-1',
  executionArn = EXECUTION_ARN,
) {
  return prepareRun(
    { executionName, executionArn, executionStartedAt: '2026-03-01T10:00:00Z', request },
    {
      dynamodb: new DynamoDBClient({}),
      runTable: 'runs',
      s3: new S3Client({}),
      now: () => new Date(QUEUED_AT),
      seedkit: 'demo',
      bucket: 'bucket',
      project: 'codeseeder-demo',
      allow: allowListSchema.parse(allow),
      recordExpirationDays: 10,
      bundleExpirationDays: 30,
      hasRegistryCredentials: false,
      hasPackages: false,
      loginPrograms: async () => LOGIN_PROGRAMS,
      placeLayersProgram: async () => PLACE_LAYERS_PROGRAM,
      cacheProgram: async () => Buffer.from('cache'),
    },
  );
}

export function bundleIs(overrides: object = {}) {
  s3.on(HeadObjectCommand).resolves({
    ContentLength: 1234,
    ChecksumSHA256: aLayer().checksumSha256,
    LastModified: new Date('2026-02-20T10:00:00Z'),
    ...overrides,
  });
}

/** The invocation in the bucket. Requests contain its digest. */
let stored: unknown;

export function invocationIs(invocation: unknown) {
  stored = invocation;
  s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify(invocation)));
}

/** Resets the mocks to an account in which all calls succeed. */
export function resetBucket(): void {
  s3.reset();
  dynamodb.reset();
  dynamodb.on(BatchWriteItemCommand).resolves({});
  bundleIs();
  invocationIs(NODE);
  s3.on(PutObjectCommand).resolves({});
  s3.on(CopyObjectCommand).resolves({});
  s3.on(DeleteObjectCommand).resolves({});
}
