import type { EnvironmentVariable, StartBuildCommandInput } from '@aws-sdk/client-codebuild';

import {
  BUILD_TIMEOUT_MINUTES,
  BUILD_VARIABLES,
  type BuildOptions,
  CodeseederError,
  completeCompute,
  ENVIRONMENT_MAX_CHARACTERS,
  inputPrefix,
  type InvocationHead,
  isLambdaCompute,
  OUTPUTS_PREFIX,
  type RunRequest,
} from '../../lib/contract/index.js';
import { buildCache, cacheOverride } from './build-cache.js';
import { renderBuildspec } from './buildspec.js';
import type { InputFile } from './input-files.js';
import { bundleSources } from './layer-sources.js';
import { registryLoginCommands, type SeedkitLogins } from './registry-logins.js';

/** The resources of the seedkit that a build uses, and its logins. */
export interface BuildResources extends SeedkitLogins {
  readonly bucket: string;
  /** The seedkit's own project. */
  readonly project: string;
}

/** The invocation of a run, the files of its input with the invocation as the first, and its layers. */
export interface CheckedInput {
  readonly invocation: InvocationHead;
  readonly files: readonly InputFile[];
  /** Keys of the objects with the layers of the bundle, in their order. */
  readonly layerKeys: readonly string[];
}

/**
 * Returns the parameters of StartBuild without the token and the queue timeout, which depend on the time of the call.
 * @throws CodeseederError `InvalidRequest`
 */
export function startBuildParameters(
  request: RunRequest,
  input: CheckedInput,
  resources: BuildResources,
): StartBuildCommandInput {
  const { runId, build } = request;
  const { invocation } = input;
  const { bucket, project, seedkit } = resources;
  const files = needsInput(input) ? input.files : [];
  return {
    projectName: build.project ?? project,
    ...sources(request, { bucket, layerKeys: input.layerKeys, readsInput: files.length > 0 }),
    artifactsOverride: {
      type: 'S3',
      location: bucket,
      // The name of the artifact in the buildspec is the build's ARN. The role allows uploads only below that ARN.
      path: OUTPUTS_PREFIX.slice(0, -1),
      name: runId,
      namespaceType: 'NONE',
      packaging: 'NONE',
      overrideArtifactName: true,
    },
    buildspecOverride: renderBuildspec(build, invocation, {
      bundle: request.bundle,
      files,
      registryLogins: registryLoginCommands(request, invocation.kind, resources),
      cache: buildCache(request, invocation.kind),
    }),
    cacheOverride: cacheOverride(request, invocation, bucket),
    environmentVariablesOverride: environmentVariables(build, { runId, seedkit }),
    timeoutInMinutesOverride: timeoutMinutes(build),
    ...environmentOverrides(build, invocation.kind),
  };
}

/** Returns whether a build reads its input. A run of commands reads it only for the programs that are stored there. */
function needsInput({ invocation, files }: CheckedInput): boolean {
  return invocation.kind !== 'commands' || files.length > 1;
}

/**
 * Returns the sources: the bundle and, if the build reads it, the run's input. Without a bundle the input is the
 * primary source, because CodeBuild does not document secondary sources for a project without a source.
 */
function sources(
  { runId, bundle }: RunRequest,
  { bucket, layerKeys, readsInput }: { bucket: string; layerKeys: readonly string[]; readsInput: boolean },
): Partial<StartBuildCommandInput> {
  const input = `${bucket}/${inputPrefix(runId)}`;
  if (bundle === undefined) {
    return readsInput
      ? { sourceTypeOverride: 'S3', sourceLocationOverride: input }
      : { sourceTypeOverride: 'NO_SOURCE' };
  }
  return bundleSources(layerKeys, bucket, readsInput ? input : undefined);
}

/** Returns the timeout of a build; undefined for Lambda compute, which does not accept one. */
function timeoutMinutes(build: BuildOptions): number | undefined {
  return isLambdaCompute(build) ? undefined : (build.timeoutMinutes ?? BUILD_TIMEOUT_MINUTES.default);
}

function environmentOverrides(
  build: BuildOptions,
  kind: InvocationHead['kind'],
): Partial<StartBuildCommandInput> {
  const { fleet } = build;
  const { image, environmentType, computeType } = completeCompute(build, kind);
  return {
    imageOverride: image,
    imagePullCredentialsTypeOverride: image === undefined ? undefined : pullCredentials(image),
    serviceRoleOverride: build.role,
    environmentTypeOverride: environmentType,
    computeTypeOverride: computeType,
    privilegedModeOverride: build.privileged,
    debugSessionEnabled: build.debugSession === undefined ? undefined : build.debugSession !== false,
    fleetOverride: fleet === undefined ? undefined : { fleetArn: fleet },
  };
}

/** Returns whose credentials pull the image: CodeBuild's for its own images, otherwise those of the role. */
function pullCredentials(image: string): 'CODEBUILD' | 'SERVICE_ROLE' {
  return image.startsWith('aws/') ? 'CODEBUILD' : 'SERVICE_ROLE';
}

function environmentVariables(
  { environment = {} }: BuildOptions,
  { runId, seedkit }: { runId: string; seedkit: string },
): EnvironmentVariable[] {
  const variables = [
    { name: BUILD_VARIABLES.runId, value: runId, type: 'PLAINTEXT' as const },
    { name: BUILD_VARIABLES.seedkit, value: seedkit, type: 'PLAINTEXT' as const },
    ...Object.entries(environment).map(([name, { value, type }]) => ({ name, value, type })),
  ];
  const characters = variables.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (characters > ENVIRONMENT_MAX_CHARACTERS) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: build.environment: ${characters} characters with the run's own variables, at most ${ENVIRONMENT_MAX_CHARACTERS}; pass larger values as arguments`,
    );
  }
  return variables;
}
