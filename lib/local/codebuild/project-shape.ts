import type {
  ComputeType,
  EnvironmentType,
  ImagePullCredentialsType,
  Project,
  ProjectArtifacts,
  ProjectEnvironment,
  ProjectSource,
} from '@aws-sdk/client-codebuild';
import { z } from 'zod';

import { harmless } from '../wire/operation.js';
import type { Wire } from './build-record.js';

export type WireProject = Wire<Project> & {
  name: string;
  arn: string;
  source: Wire<ProjectSource>;
  artifacts: Wire<ProjectArtifacts>;
  environment: Wire<ProjectEnvironment>;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
};

/**
 * Schemas for the members of both a project and the overrides of StartBuild. Members without a schema, such as
 * registry credentials, are refused.
 */

/** A switch of a feature that the local AWS does not support: only `false` is accepted. */
export const switchedOff = harmless(z.literal(false), 'false is the default');

export const sourceType = z.enum(['S3', 'NO_SOURCE']);

export const source = z.strictObject({
  type: sourceType,
  location: z.string().optional(),
  buildspec: z.string().optional(),
  sourceIdentifier: z.string().optional(),
  insecureSsl: switchedOff,
  reportBuildStatus: switchedOff,
});

export const secondarySources = z
  .array(source)
  .max(12)
  .superRefine((sources, context) => {
    refuseIdentifiers(
      'source',
      sources.map(({ sourceIdentifier }) => sourceIdentifier),
      context,
    );
    for (const each of sources) {
      const problem = sourceProblem(each);
      if (problem !== undefined) context.addIssue(problem);
    }
  });

/**
 * Returns what is wrong with the location of a source; undefined if it is valid. Checked again for each build,
 * because a request can override the location alone.
 */
export function sourceProblem({ type, location }: ProjectSource): string | undefined {
  if (type !== 'S3' || /^(arn:[^:]+:s3:::)?[^/]+\/.*$/s.test(location ?? '')) return undefined;
  return `Invalid project source: location must be a valid S3 source, not ${String(location)}`;
}

const artifactMembers = z
  .strictObject({
    artifactIdentifier: z.string().optional(),
    type: z.enum(['S3', 'NO_ARTIFACTS']),
    location: z.string().optional(),
    path: z.string().optional(),
    name: z.string().optional(),
    namespaceType: z.enum(['NONE', 'BUILD_ID']).optional(),
    packaging: z.literal('NONE').optional(),
    encryptionDisabled: z.boolean().optional(),
    bucketOwnerAccess: z.enum(['NONE', 'READ_ONLY', 'FULL']).optional(),
    overrideArtifactName: z.boolean().optional(),
  })
  .refine(
    ({ type, location }) => type !== 'S3' || (location ?? '') !== '',
    'Invalid artifacts: location must be specified for S3',
  );

export const artifacts = artifactMembers.refine(
  ({ artifactIdentifier }) => artifactIdentifier === undefined,
  'Invalid artifacts: only secondary artifacts have an artifactIdentifier',
);

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-multi-in-out.html */
export const secondaryArtifacts = z
  .array(artifactMembers)
  .max(12)
  .superRefine((all, context) => {
    refuseIdentifiers(
      'artifact',
      all.map(({ artifactIdentifier }) => artifactIdentifier),
      context,
    );
    if (all.some(({ type }) => type !== 'S3')) {
      context.addIssue('Invalid artifacts: the type of a secondary artifact must be S3');
    }
  });

/**
 * Any text is accepted. Each object of the local S3 has one version, with the id `null`. A build with another id
 * fails as for a version that does not exist.
 */
export const sourceVersion = z.string();
export const secondarySourceVersions = z
  .array(z.strictObject({ sourceIdentifier: z.string(), sourceVersion }))
  .max(12);

function refuseIdentifiers(
  what: 'source' | 'artifact',
  identifiers: readonly (string | undefined)[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>();
  for (const identifier of identifiers) {
    if (identifier === undefined || !/^[A-Za-z0-9_]{1,127}$/.test(identifier) || seen.has(identifier)) {
      context.addIssue(
        `Invalid ${what} identifier: ${JSON.stringify(identifier ?? '')} is not valid or not unique`,
      );
    }
    seen.add(identifier ?? '');
  }
}

export const environmentVariables = z.array(
  z.strictObject({
    name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
    value: z.string(),
    type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).optional(),
  }),
);

/** Any text is accepted, because the environment type is only recorded. */
export const environmentType = recorded<EnvironmentType>();
export const computeType = recorded<ComputeType>();
export const imagePullCredentialsType = recorded<ImagePullCredentialsType>();
export const fleet = z.strictObject({ fleetArn: z.string().optional() });

function recorded<Text extends string>() {
  return z.string() as unknown as z.ZodType<Text>;
}

export const environment = z.strictObject({
  type: environmentType,
  image: z.string(),
  computeType,
  environmentVariables: environmentVariables.optional(),
  privilegedMode: z.boolean().optional(),
  imagePullCredentialsType: imagePullCredentialsType.optional(),
  fleet: fleet.optional(),
});

export const logsConfig = z.strictObject({
  cloudWatchLogs: z
    .strictObject({
      status: z.enum(['ENABLED', 'DISABLED']),
      groupName: z.string().optional(),
      streamName: z.string().optional(),
    })
    .optional(),
  s3Logs: harmless(z.looseObject({ status: z.literal('DISABLED') }), 'logs go to CloudWatch Logs only'),
});

export const cache = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('NO_CACHE') }),
  z.strictObject({
    type: z.literal('S3'),
    /** `bucket` or `bucket/prefix`. */
    location: z.string().min(1),
    cacheNamespace: z.string().min(1).optional(),
  }),
]);
export const timeoutInMinutes = z.number().int().min(5).max(2160);
export const queuedTimeoutInMinutes = z.number().int().min(5).max(480);
