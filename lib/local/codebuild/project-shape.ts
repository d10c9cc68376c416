import type {
  LogsConfig,
  Project,
  ProjectArtifacts,
  ProjectEnvironment,
  ProjectSource,
} from '@aws-sdk/client-codebuild';

import type { Wire } from './build-record.js';
import { invalidInput, knownMembersOnly, wholeNumberWithin } from './invalid-input.js';

export type WireProject = Wire<Project> & {
  name: string;
  arn: string;
  source: Wire<ProjectSource>;
  artifacts: Wire<ProjectArtifacts>;
  environment: Wire<ProjectEnvironment>;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
};

/** @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html */
const SECONDARY_SOURCES_MAX = 12;

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @throws AwsError `InvalidInputException` for what the place cannot honour */
export function checkSource(source: Partial<ProjectSource>, place: string): void {
  knownMembersOnly(place, source, ['type', 'location', 'buildspec', 'sourceIdentifier']);
  const { type, location } = source;
  if (type !== 'S3' && type !== 'NO_SOURCE') {
    throw invalidInput(`The local place has no source type ${String(type)}; it has S3, NO_SOURCE.`);
  }
  if (type === 'S3' && !/^(arn:[^:]+:s3:::)?[^/]+\/.*$/s.test(location ?? '')) {
    throw invalidInput(`Invalid project source: location must be a valid S3 source, not ${String(location)}`);
  }
}

/** @throws AwsError `InvalidInputException` */
export function checkSecondarySources(sources: readonly ProjectSource[]): void {
  if (sources.length > SECONDARY_SOURCES_MAX) {
    throw invalidInput(
      `1 validation error detected: Value '[${sources.map(({ sourceIdentifier }) => sourceIdentifier).join(', ')}]' at 'secondarySources' failed to satisfy constraint: Member must have length less than or equal to ${SECONDARY_SOURCES_MAX}`,
    );
  }
  const seen = new Set<string>();
  for (const source of sources) {
    checkSource(source, 'secondarySources');
    const { sourceIdentifier = '' } = source;
    if (!/^[A-Za-z0-9_]{1,127}$/.test(sourceIdentifier) || seen.has(sourceIdentifier)) {
      throw invalidInput(
        `Invalid source identifier: ${JSON.stringify(sourceIdentifier)} is not valid or not unique`,
      );
    }
    seen.add(sourceIdentifier);
  }
}

/** @throws AwsError `InvalidInputException` */
export function checkArtifacts(artifacts: ProjectArtifacts): void {
  knownMembersOnly('artifacts', artifacts, [
    'type',
    'location',
    'path',
    'namespaceType',
    'name',
    'packaging',
    'encryptionDisabled',
    'bucketOwnerAccess',
  ]);
  const { type, location, packaging = 'NONE' } = artifacts;
  if (type !== 'S3' && type !== 'NO_ARTIFACTS') {
    throw invalidInput(`The local place has no artifact type ${String(type)}; it has S3, NO_ARTIFACTS.`);
  }
  if (packaging !== 'NONE') {
    throw invalidInput(`The local place has no artifact packaging ${packaging}; it has NONE.`);
  }
  if (type === 'S3' && !location) throw invalidInput('Invalid artifacts: location must be specified for S3');
}

/** @throws AwsError `InvalidInputException` */
export function checkEnvironment(environment: Partial<ProjectEnvironment>): void {
  knownMembersOnly('environment', environment, [
    'type',
    'image',
    'computeType',
    'environmentVariables',
    'privilegedMode',
    'imagePullCredentialsType',
    'fleet',
  ]);
  for (const { name = '', type = 'PLAINTEXT', value } of environment.environmentVariables ?? []) {
    if (!VARIABLE_NAME.test(name)) throw invalidInput(`Invalid environment variable name: ${name}`);
    if (!['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'].includes(type) || typeof value !== 'string') {
      throw invalidInput(`Invalid environment variable ${name}: type ${type}, value ${typeof value}`);
    }
  }
}

/** @throws AwsError `InvalidInputException` */
export function checkLogsConfig(config: LogsConfig): void {
  knownMembersOnly('logsConfig', config, ['cloudWatchLogs', 's3Logs']);
  const { s3Logs } = config;
  if (s3Logs && s3Logs.status !== 'DISABLED') throw invalidInput('The local place has no s3Logs.');
}

/** @throws AwsError `InvalidInputException` */
export function checkTimeouts(timeouts: {
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
}): void {
  wholeNumberWithin('timeoutInMinutes', timeouts.timeoutInMinutes, 5, 2160);
  wholeNumberWithin('queuedTimeoutInMinutes', timeouts.queuedTimeoutInMinutes, 5, 480);
}
