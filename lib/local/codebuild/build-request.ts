import type {
  EnvironmentVariable,
  LogsConfig,
  ProjectArtifacts,
  ProjectSource,
  StartBuildInput,
} from '@aws-sdk/client-codebuild';

import { invalidInput, knownMembersOnly } from './invalid-input.js';
import {
  checkArtifacts,
  checkEnvironment,
  checkLogsConfig,
  checkSecondarySources,
  checkSource,
  checkTimeouts,
  type WireProject,
} from './project-shape.js';

const KNOWN = [
  'projectName',
  'sourceTypeOverride',
  'sourceLocationOverride',
  'secondarySourcesOverride',
  'artifactsOverride',
  'buildspecOverride',
  'environmentVariablesOverride',
  'environmentTypeOverride',
  'imageOverride',
  'imagePullCredentialsTypeOverride',
  'computeTypeOverride',
  'privilegedModeOverride',
  'fleetOverride',
  'serviceRoleOverride',
  'timeoutInMinutesOverride',
  'queuedTimeoutInMinutesOverride',
  'encryptionKeyOverride',
  'logsConfigOverride',
  'idempotencyToken',
  'cacheOverride',
];

/** A project as one build uses it. */
export interface BuildPlan {
  readonly project: WireProject;
  readonly source: ProjectSource;
  readonly secondarySources: ProjectSource[];
  readonly artifacts: ProjectArtifacts;
  readonly environment: WireProject['environment'];
  readonly serviceRole: string | undefined;
  readonly encryptionKey: string | undefined;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
  readonly logsConfig: LogsConfig;
}

/**
 * The project with the request's overrides.
 * @throws AwsError `InvalidInputException` for what is wrong, or what the place would have to ignore
 */
export function planBuild(project: WireProject, input: StartBuildInput): BuildPlan {
  knownMembersOnly('StartBuild', input, KNOWN);
  if (input.cacheOverride && input.cacheOverride.type !== 'NO_CACHE') {
    throw invalidInput(`The local place has no cache ${String(input.cacheOverride.type)}; it has NO_CACHE.`);
  }
  const plan: BuildPlan = {
    project,
    source: overriddenSource(project, input),
    secondarySources: input.secondarySourcesOverride ?? project.secondarySources ?? [],
    artifacts: input.artifactsOverride ?? project.artifacts,
    environment: overriddenEnvironment(project, input),
    serviceRole: input.serviceRoleOverride ?? project.serviceRole,
    encryptionKey: input.encryptionKeyOverride ?? project.encryptionKey,
    timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes,
    queuedTimeoutInMinutes: input.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes,
    logsConfig: input.logsConfigOverride ?? project.logsConfig ?? {},
  };
  checkSource(plan.source, 'source');
  checkSecondarySources(plan.secondarySources);
  checkArtifacts(plan.artifacts);
  checkEnvironment(plan.environment);
  checkLogsConfig(plan.logsConfig);
  checkTimeouts(plan);
  return plan;
}

function overriddenSource(project: WireProject, input: StartBuildInput): ProjectSource {
  const type = input.sourceTypeOverride ?? project.source.type;
  const location =
    type === 'NO_SOURCE' ? undefined : (input.sourceLocationOverride ?? project.source.location);
  const buildspec = input.buildspecOverride ?? project.source.buildspec;
  return { type, ...(location !== undefined && { location }), ...(buildspec !== undefined && { buildspec }) };
}

function overriddenEnvironment(project: WireProject, input: StartBuildInput): WireProject['environment'] {
  const { environment } = project;
  const given = {
    type: input.environmentTypeOverride,
    image: input.imageOverride,
    computeType: input.computeTypeOverride,
    privilegedMode: input.privilegedModeOverride,
    imagePullCredentialsType: input.imagePullCredentialsTypeOverride,
    fleet: input.fleetOverride,
  };
  return {
    ...environment,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
    environmentVariables: mergeVariables(
      environment.environmentVariables ?? [],
      input.environmentVariablesOverride ?? [],
    ),
  };
}

function mergeVariables(
  own: readonly EnvironmentVariable[],
  given: readonly EnvironmentVariable[],
): { name: string | undefined; value: string | undefined; type: EnvironmentVariable['type'] }[] {
  const names = given.map(({ name }) => name);
  const twice = names.find((name, number) => names.indexOf(name) !== number);
  if (twice !== undefined) throw invalidInput(`Invalid environment variables: ${twice} is there twice`);
  return [...own.filter(({ name }) => !names.includes(name)), ...given].map(({ name, value, type }) => ({
    name,
    value,
    type: type ?? 'PLAINTEXT',
  }));
}
