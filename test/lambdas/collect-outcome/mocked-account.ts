import {
  BatchGetBuildsCommand,
  type Build,
  CodeBuildClient,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { BatchWriteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { collectOutcome } from '../../../lambdas/collect-outcome/collect-outcome.js';
import {
  BUILD_VARIABLES,
  type CollectOutcomeInput,
  collectedOutcomeSchema,
  contentDigest,
  outputPrefix,
  parseRunStateChange,
  resultKey,
  type RunRecord,
} from '../../../lib/contract/index.js';
import { aRunRecord, aRunRequest } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';

export const codebuild = mockClient(CodeBuildClient);
export const dynamodb = mockClient(DynamoDBClient);
export const s3 = mockClient(S3Client);

export const NOW = new Date('2026-03-01T10:10:00.000Z');
export const ENDED = new Date('2026-03-01T10:05:00.000Z');
export const EXECUTION_ARN = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1';
export const BUILD_ARN = 'arn:aws:codebuild:us-east-1:000000000000:build/p:1';
export const RESULT_KEY = resultKey(outputPrefix(BUILD_ARN));
export const RUNNER_FAILED =
  'Error while executing command: node --enable-source-maps "$CODEBUILD_SRC_DIR/.codeseeder/runner.mjs". Reason: exit status 137';

export async function collect(overrides: Partial<CollectOutcomeInput> = {}) {
  const collected = await collectOutcome(
    {
      runId: 'run-1',
      executionArn: EXECUTION_ARN,
      executionStartedAt: '2026-03-01T10:00:00.000Z',
      request: aRunRequest({ labels: { team: 'a' } }),
      buildId: 'p:1',
      caught: null,
      ...overrides,
    },
    {
      codebuild: new CodeBuildClient({}),
      dynamodb: new DynamoDBClient({}),
      s3: new S3Client({}),
      sfn: new SFNClient({}),
      warn: () => undefined,
      now: () => NOW,
      seedkit: 'demo',
      bucket: 'bucket',
      runTable: 'runs',
      lockTable: 'locks',
      recordExpirationDays: 10,
    },
  );
  return collectedOutcomeSchema.parse(JSON.parse(JSON.stringify(collected)));
}

export function recordIs(overrides: Partial<RunRecord> | undefined) {
  const record = aRunRecord({ status: 'BUILDING', kind: 'node', buildId: 'p:1', ...overrides });
  dynamodb
    .on(GetItemCommand)
    .resolves(overrides === undefined ? {} : { Item: marshall(record, { removeUndefinedValues: true }) });
}

export function buildIs(overrides: Partial<Build>) {
  codebuild.on(BatchGetBuildsCommand).callsFake(() => {
    const exported = overrides.exportedEnvironmentVariables ?? [];
    return {
      builds: [
        {
          id: 'p:1',
          arn: BUILD_ARN,
          buildComplete: true,
          endTime: ENDED,
          currentPhase: 'COMPLETED',
          phases: [],
          ...overrides,
          exportedEnvironmentVariables: [
            ...exported,
            // For a variable that was not set, CodeBuild reports an empty value.
            { name: BUILD_VARIABLES.result, value: exportedDigest ?? '' },
          ],
        },
      ],
    };
  });
}

export const failed = (
  phaseType: 'DOWNLOAD_SOURCE' | 'INSTALL' | 'BUILD' | 'POST_BUILD',
  message: string,
): Partial<Build> => ({
  buildStatus: 'FAILED',
  phases: [
    { phaseType: 'PROVISIONING', phaseStatus: 'SUCCEEDED' },
    { phaseType, phaseStatus: 'FAILED', contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }] },
    { phaseType: 'UPLOAD_ARTIFACTS', phaseStatus: 'SUCCEEDED' },
    { phaseType: 'COMPLETED' },
  ],
});

/** Mocks the result of the build `p:1`, and the digest that the build exported for it. */
export function resultIs(result: unknown) {
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  s3.on(GetObjectCommand, { Key: RESULT_KEY }).resolves(objectWith(text));
  exportedDigest = digestOf(text);
}

/** Returns the digest of a result in the form in which a build exports it. */
export function digestOf(text: string): string {
  const { sha256, sizeBytes } = contentDigest(Buffer.from(text));
  return `${sha256}:${sizeBytes}`;
}

let exportedDigest: string | undefined;

export const failureOf = async (input: Partial<CollectOutcomeInput> = {}) => {
  const { status, event } = await collect(input);
  return { status, failure: parseRunStateChange(event).failure };
};

/** Resets the mocks to an account in which all calls succeed. */
export function resetAccount(): void {
  codebuild.reset();
  dynamodb.reset();
  dynamodb.on(BatchWriteItemCommand).resolves({});
  s3.reset();
  exportedDigest = undefined;
  recordIs({});
  s3.on(GetObjectCommand).rejects(s3Error('NoSuchKey', 404));
  s3.on(HeadObjectCommand).rejects(s3Error('NotFound', 404));
  codebuild.on(StopBuildCommand).resolves({});
}
