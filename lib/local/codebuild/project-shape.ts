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
 * Shapes that a project and the overrides of a build have in common. A member that is not here is refused, for example
 * registry credentials.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */

/** A switch of a feature that the local AWS does not have: only `false` is accepted. */
export const switchedOff = harmless(z.literal(false), 'false is the default');

/** Entries of a feature that the local AWS does not have: only an empty list is accepted. */
export const emptyList = harmless(z.array(z.unknown()).max(0), 'it asks for nothing');

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
    const seen = new Set<string>();
    for (const { sourceIdentifier = '', ...each } of sources) {
      if (!/^[A-Za-z0-9_]{1,127}$/.test(sourceIdentifier) || seen.has(sourceIdentifier)) {
        context.addIssue(
          `Invalid source identifier: ${JSON.stringify(sourceIdentifier)} is not valid or not unique`,
        );
      }
      seen.add(sourceIdentifier);
      const problem = sourceProblem(each);
      if (problem !== undefined) context.addIssue(problem);
    }
  });

/** Describes what is wrong with a source's location, which a request can override without its type. */
export function sourceProblem({ type, location }: ProjectSource): string | undefined {
  if (type !== 'S3' || /^(arn:[^:]+:s3:::)?[^/]+\/.*$/s.test(location ?? '')) return undefined;
  return `Invalid project source: location must be a valid S3 source, not ${String(location)}`;
}

export const artifacts = z
  .strictObject({
    type: z.enum(['S3', 'NO_ARTIFACTS']),
    location: z.string().optional(),
    path: z.string().optional(),
    name: z.string().optional(),
    namespaceType: z.enum(['NONE', 'BUILD_ID']).optional(),
    packaging: z.literal('NONE').optional(),
    encryptionDisabled: z.boolean().optional(),
    bucketOwnerAccess: z.enum(['NONE', 'READ_ONLY', 'FULL']).optional(),
    overrideArtifactName: switchedOff,
  })
  .refine(
    ({ type, location }) => type !== 'S3' || (location ?? '') !== '',
    'Invalid artifacts: location must be specified for S3',
  );

export const environmentVariables = z.array(
  z.strictObject({
    name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
    value: z.string(),
    type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).optional(),
  }),
);

/** These are recorded only, so any text is accepted. */
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

export const cache = z.strictObject({ type: z.literal('NO_CACHE') });
export const timeoutInMinutes = z.number().int().min(5).max(2160);
export const queuedTimeoutInMinutes = z.number().int().min(5).max(480);
