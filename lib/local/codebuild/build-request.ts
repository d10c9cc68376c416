import type {
  EnvironmentVariable,
  LogsConfig,
  ProjectArtifacts,
  ProjectCache,
  ProjectSource,
  ProjectSourceVersion,
} from '@aws-sdk/client-codebuild';
import { z } from 'zod';

import type { InputOf } from '../wire/operation.js';
import { invalidInput } from './invalid-input.js';
import { computeProblem, isLambda, LAMBDA_MAX_MINUTES } from './lambda-compute.js';
import {
  artifacts,
  cache,
  computeType,
  environmentType,
  environmentVariables,
  fleet,
  imagePullCredentialsType,
  logsConfig,
  queuedTimeoutInMinutes,
  secondaryArtifacts,
  secondarySources,
  secondarySourceVersions,
  sourceProblem,
  sourceType,
  sourceVersion,
  switchedOff,
  timeoutInMinutes,
  type WireProject,
} from './project-shape.js';

/** Members of StartBuild. @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html */
export const startBuildMembers = {
  projectName: z.string().min(1),
  idempotencyToken: z.string().min(1).optional(),
  sourceTypeOverride: sourceType.optional(),
  sourceLocationOverride: z.string().optional(),
  secondarySourcesOverride: secondarySources.optional(),
  sourceVersion: sourceVersion.optional(),
  secondarySourcesVersionOverride: secondarySourceVersions.optional(),
  artifactsOverride: artifacts.optional(),
  secondaryArtifactsOverride: secondaryArtifacts.optional(),
  buildspecOverride: z.string().optional(),
  environmentVariablesOverride: environmentVariables.default([]),
  environmentTypeOverride: environmentType.optional(),
  imageOverride: z.string().min(1).optional(),
  imagePullCredentialsTypeOverride: imagePullCredentialsType.optional(),
  computeTypeOverride: computeType.optional(),
  privilegedModeOverride: z.boolean().optional(),
  fleetOverride: fleet.optional(),
  serviceRoleOverride: z.string().min(1).optional(),
  timeoutInMinutesOverride: timeoutInMinutes.optional(),
  queuedTimeoutInMinutesOverride: queuedTimeoutInMinutes.optional(),
  encryptionKeyOverride: z.string().min(1).optional(),
  logsConfigOverride: logsConfig.optional(),
  cacheOverride: cache.optional(),
  insecureSslOverride: switchedOff,
  reportBuildStatusOverride: switchedOff,
  debugSessionEnabled: z.boolean().default(false),
};
export type StartBuildRequest = InputOf<typeof startBuildMembers>;

/** The settings of one build: those of the project, with the overrides of the request. */
export interface BuildPlan {
  readonly project: WireProject;
  readonly source: ProjectSource;
  readonly secondarySources: ProjectSource[];
  /** Version of the primary source. */
  readonly sourceVersion: string | undefined;
  readonly secondarySourceVersions: ProjectSourceVersion[];
  readonly artifacts: ProjectArtifacts;
  readonly secondaryArtifacts: readonly ProjectArtifacts[];
  readonly environment: WireProject['environment'];
  readonly serviceRole: string | undefined;
  readonly encryptionKey: string | undefined;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly debugSession: boolean;
  readonly logsConfig: LogsConfig;
  readonly cache: ProjectCache;
}

/**
 * Applies the overrides of a request to a project.
 * @throws AwsError `InvalidInputException`
 */
export function planBuild(project: WireProject, input: StartBuildRequest): BuildPlan {
  const source = overriddenSource(project, input);
  const problem = sourceProblem(source);
  if (problem !== undefined) throw invalidInput(problem);
  const environment = overriddenEnvironment(project, input);
  refuseUnsupported(project, input, environment);
  return {
    project,
    source,
    ...overriddenFiles(project, input),
    environment,
    serviceRole: input.serviceRoleOverride ?? project.serviceRole,
    encryptionKey: input.encryptionKeyOverride ?? project.encryptionKey,
    timeoutInMinutes: timeoutOf(project, input, environment),
    debugSession: input.debugSessionEnabled,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes,
    logsConfig: input.logsConfigOverride ?? project.logsConfig ?? {},
    cache: input.cacheOverride ?? project.cache ?? { type: 'NO_CACHE' },
  };
}

function overriddenFiles(project: WireProject, input: StartBuildRequest) {
  const secondarySources = input.secondarySourcesOverride ?? project.secondarySources ?? [];
  const versions = input.secondarySourcesVersionOverride ?? project.secondarySourceVersions ?? [];
  const unknown = versions.find(
    (version) => !secondarySources.some((source) => source.sourceIdentifier === version.sourceIdentifier),
  );
  if (unknown !== undefined) {
    throw invalidInput(`Invalid source version: there is no secondary source ${unknown.sourceIdentifier}`);
  }
  return {
    secondarySources,
    sourceVersion: input.sourceVersion ?? project.sourceVersion,
    secondarySourceVersions: versions,
    artifacts: input.artifactsOverride ?? project.artifacts,
    secondaryArtifacts: input.secondaryArtifactsOverride ?? project.secondaryArtifacts ?? [],
  };
}

/** Refuses settings that the environment type does not support. */
function refuseUnsupported(
  project: WireProject,
  input: StartBuildRequest,
  environment: WireProject['environment'],
): void {
  const problem = computeProblem({
    ...input,
    environment,
    hasVpc: project.vpcConfig?.vpcId !== undefined,
  });
  if (problem !== undefined) throw invalidInput(problem);
}

function timeoutOf(
  project: WireProject,
  { timeoutInMinutesOverride }: StartBuildRequest,
  environment: WireProject['environment'],
): number {
  if (isLambda(environment)) return LAMBDA_MAX_MINUTES;
  return timeoutInMinutesOverride ?? project.timeoutInMinutes;
}

function overriddenSource(project: WireProject, input: StartBuildRequest): ProjectSource {
  const type = input.sourceTypeOverride ?? project.source.type;
  return {
    type,
    location: type === 'NO_SOURCE' ? undefined : (input.sourceLocationOverride ?? project.source.location),
    buildspec: input.buildspecOverride ?? project.source.buildspec,
  };
}

function overriddenEnvironment(project: WireProject, input: StartBuildRequest): WireProject['environment'] {
  const { environment } = project;
  return {
    ...environment,
    type: input.environmentTypeOverride ?? environment.type,
    image: input.imageOverride ?? environment.image,
    computeType: input.computeTypeOverride ?? environment.computeType,
    privilegedMode: input.privilegedModeOverride ?? environment.privilegedMode,
    imagePullCredentialsType: input.imagePullCredentialsTypeOverride ?? environment.imagePullCredentialsType,
    fleet: input.fleetOverride ?? environment.fleet,
    environmentVariables: mergeVariables(
      environment.environmentVariables ?? [],
      input.environmentVariablesOverride,
    ),
  };
}

function mergeVariables(
  own: readonly EnvironmentVariable[],
  overrides: readonly EnvironmentVariable[],
): { name: string | undefined; value: string | undefined; type: EnvironmentVariable['type'] }[] {
  const names = overrides.map(({ name }) => name);
  const repeated = names.find((name, number) => names.indexOf(name) !== number);
  if (repeated !== undefined) throw invalidInput(`Invalid environment variables: ${repeated} has two values`);
  return [...own.filter(({ name }) => !names.includes(name)), ...overrides].map(({ name, value, type }) => ({
    name,
    value,
    type: type ?? 'PLAINTEXT',
  }));
}
