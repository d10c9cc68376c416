import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CodeartifactClient } from '@aws-sdk/client-codeartifact';
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SFNClient } from '@aws-sdk/client-sfn';

import type { AwsOptions } from '../aws-options.js';
import { awsConfiguration } from './aws-configuration.js';
import { reportUnreachable } from './report-unreachable.js';

/**
 * SDK clients of one connection. Each is created, and its package loaded, when it is first used. A call throws
 * CodeseederError `AwsUnreachable` if AWS does not answer, `RegionMissing` if the SDK finds no region, and
 * `CredentialsMissing` if it finds no credentials.
 */
export interface AwsClients {
  cloudFormation(): Promise<CloudFormationClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  codeArtifact(): Promise<CodeartifactClient>;
  codeBuild(): Promise<CodeBuildClient>;
  dynamoDb(): Promise<DynamoDBClient>;
  kms(): Promise<KMSClient>;
  lambda(): Promise<LambdaClient>;
  logs(): Promise<CloudWatchLogsClient>;
  s3(): Promise<S3Client>;
  scheduler(): Promise<SchedulerClient>;
  serviceQuotas(): Promise<ServiceQuotasClient>;
  states(): Promise<SFNClient>;
}

/** Creates SDK clients. @param options settings that differ from the AWS SDK's own configuration */
export function createAwsClients(options: AwsOptions = {}): AwsClients {
  const configuration = once(async () => ({
    ...(await awsConfiguration(options)),
    logger: SILENT,
    requestHandler: { logger: SILENT },
  }));
  return {
    cloudFormation: once(async () => {
      const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
      return reportUnreachable(new CloudFormationClient(await configuration()), options.endpoint);
    }),
    cloudWatch: once(async () => {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return reportUnreachable(new CloudWatchClient(await configuration()), options.endpoint);
    }),
    codeArtifact: once(async () => {
      const { CodeartifactClient } = await import('@aws-sdk/client-codeartifact');
      return reportUnreachable(new CodeartifactClient(await configuration()), options.endpoint);
    }),
    codeBuild: once(async () => {
      const { CodeBuildClient } = await import('@aws-sdk/client-codebuild');
      return reportUnreachable(new CodeBuildClient(await configuration()), options.endpoint);
    }),
    dynamoDb: once(async () => {
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      return reportUnreachable(new DynamoDBClient(await configuration()), options.endpoint);
    }),
    kms: once(async () => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return reportUnreachable(new KMSClient(await configuration()), options.endpoint);
    }),
    lambda: once(async () => {
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      return reportUnreachable(new LambdaClient(await configuration()), options.endpoint);
    }),
    logs: once(async () => {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return reportUnreachable(new CloudWatchLogsClient(await configuration()), options.endpoint);
    }),
    s3: once(async () => {
      const { S3Client } = await import('@aws-sdk/client-s3');
      return reportUnreachable(new S3Client(await configuration()), options.endpoint);
    }),
    scheduler: once(async () => {
      const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
      return reportUnreachable(new SchedulerClient(await configuration()), options.endpoint);
    }),
    serviceQuotas: once(async () => {
      const { ServiceQuotasClient } = await import('@aws-sdk/client-service-quotas');
      return reportUnreachable(new ServiceQuotasClient(await configuration()), options.endpoint);
    }),
    states: once(async () => {
      const { SFNClient } = await import('@aws-sdk/client-sfn');
      return reportUnreachable(new SFNClient(await configuration()), options.endpoint);
    }),
  };
}

/** A logger that drops all messages. By default the SDK prints warnings, such as about many concurrent calls. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
