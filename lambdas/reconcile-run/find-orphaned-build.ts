import {
  BatchGetBuildsCommand,
  type CodeBuildClient,
  paginateListBuildsForProject,
  ResourceNotFoundException,
} from '@aws-sdk/client-codebuild';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';

import { BUILD_VARIABLES, type RunRecord } from '../../lib/contract/index.js';
import { describeExecution } from './describe-execution.js';
import { forgetBuildRequest, noteBuild } from './run-table.js';

export interface FindOrphanedBuildDependencies {
  readonly codebuild: CodeBuildClient;
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly runTable: string;
  /** The seedkit's own project. */
  readonly project: string;
  readonly now: () => Date;
}

/** CodeBuild's clock and ours may differ by so much. */
const CLOCK_SKEW_MS = 60_000;

/** So long after its run's end a build may still come to be: `start-build` asks for none then, but may be asking. */
const ATTEMPT_MS = 2 * 60_000;

const requestSchema = z.object({ build: z.object({ project: z.string() }) });

/**
 * The build of a run that is over, where `start-build` asked for one and could not record the answer. What is found
 * is recorded; that there is none is recorded too, once it is certain.
 */
export async function findOrphanedBuild(
  record: RunRecord,
  dependencies: FindOrphanedBuildDependencies,
): Promise<string | undefined> {
  const { runId, buildId, buildRequestedAt } = record;
  if (buildId !== undefined || buildRequestedAt === undefined) return undefined;
  const project = await projectOf(record, dependencies);
  const since = new Date(buildRequestedAt);
  const found = await findBuild(dependencies.codebuild, { project, runId, since });
  if (found !== undefined) await noteBuild(runId, found, dependencies);
  else if (isSettled(record, dependencies.now())) await forgetBuildRequest(runId, dependencies);
  return found;
}

async function projectOf(
  { executionArn }: RunRecord,
  { sfn, project, now }: FindOrphanedBuildDependencies,
): Promise<string> {
  const execution = await describeExecution(sfn, executionArn, now());
  const parsed = requestSchema.safeParse(execution?.request);
  return parsed.success ? parsed.data.build.project : project;
}

/** Newest first, back to when the build can have been started at the earliest. */
async function findBuild(
  client: CodeBuildClient,
  { project, runId, since }: { project: string; runId: string; since: Date },
): Promise<string | undefined> {
  const earliestMs = since.getTime() - CLOCK_SKEW_MS;
  const pages = paginateListBuildsForProject({ client }, { projectName: project, sortOrder: 'DESCENDING' });
  try {
    for await (const { ids = [] } of pages) {
      if (ids.length === 0) return undefined;
      const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
      const found = builds.find(({ environment }) =>
        environment?.environmentVariables?.some(
          ({ name, value }) => name === BUILD_VARIABLES.runId && value === runId,
        ),
      );
      if (found !== undefined) return found.id;
      if (builds.some(({ startTime }) => (startTime?.getTime() ?? Infinity) < earliestMs)) return undefined;
    }
  } catch (error) {
    // A project that is gone has no builds left to stop.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return undefined;
}

function isSettled({ finishedAt }: RunRecord, now: Date): boolean {
  return finishedAt === undefined || now.getTime() - Date.parse(finishedAt) > ATTEMPT_MS;
}
