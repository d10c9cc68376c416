import { createHash, randomUUID } from 'node:crypto';

import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';

import { arnOf, type PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { describeArtifacts } from './artifacts.js';
import { toSeconds, type BuildRecord, type WireBuild } from './build-record.js';
import { planBuild, type BuildPlan, type StartBuildRequest } from './build-request.js';
import type { BuildRunner } from './build-runner.js';
import type { BuildStore } from './build-store.js';
import { invalidInput } from './invalid-input.js';
import type { ProjectStore } from './project-store.js';

/**
 * Time for which an idempotency token is valid.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
const TOKEN_VALID_MS = 5 * 60 * 1000;

export interface StartBuildTools {
  readonly context: PlaceContext;
  readonly projects: ProjectStore;
  readonly builds: BuildStore;
  readonly runner: BuildRunner;
  readonly queueLimit: number;
}

interface KnownToken {
  readonly digest: string;
  readonly atMs: number;
  readonly build: Promise<WireBuild>;
}

/** Starts builds. Requests with the same idempotency token start one build. */
export type BuildStarter = ReturnType<typeof createBuildStarter>;

export function createBuildStarter(tools: StartBuildTools) {
  const { context, projects, builds, runner } = tools;
  const tokens = new Map<string, KnownToken>();

  function forgetOld(): void {
    for (const [token, { atMs }] of tokens) {
      if (atMs + TOKEN_VALID_MS <= context.clock.now()) tokens.delete(token);
    }
  }
  async function begin(plan: BuildPlan, idempotency: BuildRecord['idempotency']): Promise<WireBuild> {
    const record: BuildRecord = {
      build: newBuild(context, plan, builds.nextNumber(plan.project.name)),
      artifacts: plan.artifacts,
      secondaryArtifacts: plan.secondaryArtifacts,
      idempotency,
    };
    await runner.submit(record, plan.logsConfig);
    return (await builds.get(record.build.id))?.build ?? record.build;
  }
  return {
    /**
     * Registers the token of a build from before the last start of the local AWS, because it may still be valid.
     */
    remember({ build, idempotency }: BuildRecord): void {
      if (idempotency === undefined) return;
      const { token, digest } = idempotency;
      tokens.set(token, { digest, atMs: build.startTime * 1000, build: Promise.resolve(build) });
    },
    async start(input: StartBuildRequest): Promise<WireBuild> {
      const { idempotencyToken, ...parameters } = input;
      const project = projects.get(input.projectName);
      const plan = planBuild(project, input);
      forgetOld();
      const digest = digestOf(parameters);
      const known = idempotencyToken ? tokens.get(idempotencyToken) : undefined;
      if (known !== undefined) {
        if (known.digest === digest) return (await builds.get((await known.build).id))?.build ?? known.build;
        throw invalidInput(
          'The idempotency token was used for a build with other parameters less than five minutes ago. Use another token.',
        );
      }
      checkCapacity(tools, plan);
      const build = begin(plan, idempotencyToken ? { token: idempotencyToken, digest } : undefined);
      if (idempotencyToken) {
        tokens.set(idempotencyToken, { digest, atMs: context.clock.now(), build });
        build.catch(() => tokens.delete(idempotencyToken));
      }
      return build;
    },
  };
}

/**
 * Refuses a build if the project's or the account's limit is reached.
 * @throws AwsError `AccountLimitExceededException` with CodeBuild's messages
 */
function checkCapacity({ runner, queueLimit }: StartBuildTools, { project }: BuildPlan): void {
  const limit = project.concurrentBuildLimit;
  const refuse = (most: string) => {
    throw new AwsError('AccountLimitExceededException', `Cannot have more than ${most}`);
  };
  if (limit !== undefined && runner.active(project.name) >= limit) {
    refuse(`${limit} active builds for the project`);
  }
  if (runner.waiting >= queueLimit) refuse(`${queueLimit} builds in queue for the account`);
}

function newBuild(context: PlaceContext, plan: BuildPlan, buildNumber: number): WireBuild {
  const uuid = randomUUID();
  const { name } = plan.project;
  const now = toSeconds(context.clock.now());
  const { serviceRole, encryptionKey, artifacts } = plan;
  const locationOf = (each: ProjectArtifacts) =>
    describeArtifacts(each, { uuid, projectName: name }, context.partition);
  return {
    id: `${name}:${uuid}`,
    arn: arnOf(context, 'codebuild', `build/${name}:${uuid}`),
    buildNumber,
    projectName: name,
    startTime: now,
    currentPhase: 'QUEUED',
    buildStatus: 'IN_PROGRESS',
    buildComplete: false,
    phases: [
      {
        phaseType: 'SUBMITTED',
        phaseStatus: 'SUCCEEDED',
        startTime: now,
        endTime: now,
        durationInSeconds: 0,
      },
      { phaseType: 'QUEUED', startTime: now },
    ],
    source: plan.source,
    secondarySources: plan.secondarySources,
    sourceVersion: plan.sourceVersion,
    secondarySourceVersions: plan.secondarySourceVersions,
    artifacts: locationOf(artifacts),
    secondaryArtifacts: plan.secondaryArtifacts.map(locationOf),
    environment: plan.environment,
    cache: plan.cache,
    serviceRole,
    encryptionKey,
    timeoutInMinutes: plan.timeoutInMinutes,
    queuedTimeoutInMinutes: plan.queuedTimeoutInMinutes,
    // The target of the session follows when the build's shell runs.
    debugSession: plan.debugSession ? { sessionEnabled: true } : undefined,
    initiator: 'codeseeder-local',
    exportedEnvironmentVariables: [],
  };
}

/** Returns a digest that does not depend on the order of members in the objects. */
function digestOf(value: object): string {
  const ordered = JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
  return createHash('sha256').update(ordered).digest('hex');
}
