import { z } from 'zod';

import { parseWith } from './parse.js';

/**
 * A seedkit's name: 1 to 27 lower-case letters, digits and single hyphens, starting with a letter. The length follows
 * from the 64 characters of a role's name in the region with the longest name.
 */
export const seedkitNameSchema = z
  .string()
  .max(27, 'a seedkit name has at most 27 characters')
  .regex(
    /^[a-z](-?[a-z0-9])*$/,
    'a seedkit name is lower-case letters, digits and single hyphens, starts with a letter and does not end with a hyphen',
  );

/** Parses the name of a seedkit. @throws CodeseederError `InvalidRequest` with the broken rule */
export function parseSeedkitName(value: unknown): string {
  return parseWith(seedkitNameSchema, value, `seedkit name ${JSON.stringify(value)}`);
}

/** The Lambda handlers. Each has a folder in `lambdas/`. */
export const HANDLERS = [
  'start-run',
  'prepare-run',
  'start-build',
  'await-lock',
  'poll-build',
  'wake-run',
  'collect-outcome',
  'reconcile-run',
  'drive-map',
  'start-target',
  'adopt-log-group',
] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** The alarms of a seedkit, by the end of their names. */
export const SEEDKIT_ALARMS = [
  'failed-runs',
  'control-plane-errors',
  'dead-letters',
  'dropped-starts',
  'sweep-missing',
] as const;
export type SeedkitAlarm = (typeof SEEDKIT_ALARMS)[number];

/** Names of AWS resources, derived from the seedkit's name. */
export const seedkitNames = {
  stack: (seedkit: string) => `aws-codeseeder-${seedkit}`,
  prefix: (seedkit: string) => `codeseeder-${seedkit}`,
  project: (seedkit: string) => `codeseeder-${seedkit}`,
  stateMachine: (seedkit: string) => `codeseeder-${seedkit}`,
  /**
   * Has an underscore, which no seedkit's name can have: `codeseeder-a-maps` is the run machine of the seedkit
   * `a-maps`.
   */
  mapMachine: (seedkit: string) => `codeseeder-${seedkit}_maps`,
  eventBus: (seedkit: string) => `codeseeder-${seedkit}`,
  runTable: (seedkit: string) => `codeseeder-${seedkit}-runs`,
  lockTable: (seedkit: string) => `codeseeder-${seedkit}-locks`,
  handler: (seedkit: string, handler: HandlerName) => `codeseeder-${seedkit}-${handler}`,
  alarm: (seedkit: string, alarm: SeedkitAlarm) => `codeseeder-${seedkit}-${alarm}`,
  bucket: (seedkit: string, account: string, deployId: string) =>
    `codeseeder-${seedkit}-${account}-${deployId}`,
  keyAlias: (seedkit: string, deployId: string) => `alias/codeseeder-${seedkit}-${deployId}`,
  /** Description of the key. It identifies the key of a seedkit whose stack, with the key's alias, is deleted. */
  keyDescription: (seedkit: string) => `Data of the seedkit ${seedkit}`,
  role: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-codebuild`,
  resourcesPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-resources`,
  publisherPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-publisher`,
  schedulerPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-schedules`,
  targetPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-targets`,
  debuggerPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-debugger`,
  clientPolicy: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-client`,
  /** Role that EventBridge Scheduler assumes to start published targets. */
  schedulerRole: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}-scheduler`,
  scheduleGroup: (seedkit: string) => `codeseeder-${seedkit}`,
  buildLogGroup: (seedkit: string) => `/aws/codebuild/codeseeder-${seedkit}`,
  machineLogGroup: (seedkit: string) => `/aws/vendedlogs/states/codeseeder-${seedkit}`,
  mapMachineLogGroup: (seedkit: string) => `/aws/vendedlogs/states/codeseeder-${seedkit}_maps`,
  /**
   * Prefix of the seedkit's own secrets. It ends with `/`, because with a hyphen the seedkit `team` could read the
   * secrets of `team-prod`.
   */
  ownSecrets: (seedkit: string) => `codeseeder/${seedkit}/`,
  /** Prefix of the seedkit's own parameters. */
  ownParameters: (seedkit: string) => `/codeseeder/${seedkit}/`,
  /** Includes the region because dashboard names are unique per account, across regions. */
  dashboard: (seedkit: string, region: string) => `codeseeder-${seedkit}-${region}`,
  codeArtifactDomain: (seedkit: string) => `aws-codeseeder-${seedkit}`,
} as const;

/** Index of the run table by day. */
export const RUNS_BY_DAY_INDEX = 'byDay';

/** Index of the run table by build. It projects only the keys. */
export const RUNS_BY_BUILD_INDEX = 'byBuild';

/** Index of the run table by facet, such as a label. It projects only the keys. */
export const RUNS_BY_FACET_INDEX = 'byFacet';

/** Tag on the resources of a seedkit, with its name. */
export const SEEDKIT_NAME_TAG = 'codeseeder-seedkit-name';
/** Tag on the stack of a seedkit. */
export const SEEDKIT_STACK_TAG = 'codeseeder-seedkit';

/** Stack outputs and the suffixes of their export names, `codeseeder-<name>-<suffix>`. */
export const SEEDKIT_OUTPUTS = {
  DeployId: 'deploy-id',
  Bucket: 'bucket',
  KmsKeyArn: 'kms-arn',
  SeedkitResourcesPolicyArn: 'resources-policy',
  CodeBuildRole: 'codebuild-role',
  CodeBuildRoleArn: 'codebuild-role-arn',
  CodeBuildProject: 'codebuild-project',
  CodeBuildProjectArn: 'codebuild-project-arn',
  CodeBuildProjectBuildImage: 'codebuild-project-build-image',
  CodeArtifactDomain: 'codeartifact-domain',
  CodeArtifactRepository: 'codeartifact-repository',
  StateMachineArn: 'state-machine-arn',
  MapMachineArn: 'map-machine-arn',
  RunTable: 'run-table',
  EventBus: 'event-bus',
  ClientPolicyArn: 'client-policy-arn',
  PublisherPolicyArn: 'publisher-policy-arn',
  TargetPolicyArn: 'target-policy-arn',
  DebuggerPolicyArn: 'debugger-policy-arn',
  ScheduleGroup: 'schedule-group',
  SchedulerRoleArn: 'scheduler-role-arn',
  SchedulerPolicyArn: 'scheduler-policy-arn',
} as const;
export type SeedkitOutputName = keyof typeof SEEDKIT_OUTPUTS;
