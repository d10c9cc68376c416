import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';

import { requestOf, type RunRecord, transitionToNoBuildRequested } from '../../lib/contract/index.js';
import { findBuildOfRun } from '../../lib/run-store/build.js';
import { describeExecution } from '../../lib/run-store/execution.js';
import { type RunTable, updateRecord } from '../../lib/run-store/record.js';
import type { Paces } from './pace.js';

export interface FindOrphanedBuildDependencies extends RunTable {
  readonly codebuild: CodeBuildClient;
  readonly sfn: SFNClient;
  /** The seedkit's own project. */
  readonly project: string;
  readonly now: () => Date;
  /** Limits on the request rates. */
  readonly paces: Paces;
}

/** Time after a run's end in which a call of `start-build` that is in progress may still start a build. */
const ATTEMPT_MS = 2 * 60_000;

const requestSchema = z.object({ build: z.object({ project: z.string() }) });

/**
 * Finds the build of a run that has ended, if `start-build` requested one and could not record the response. When it is
 * certain that there is none, removes the time of the request from the record.
 * @returns the id of the build; undefined if none was found
 */
export async function findOrphanedBuild(
  record: RunRecord,
  dependencies: FindOrphanedBuildDependencies,
): Promise<string | undefined> {
  const { runId, buildId, buildRequestedAt } = record;
  if (buildId !== undefined || buildRequestedAt === undefined) return undefined;
  const project = await projectOf(record, dependencies);
  const since = new Date(buildRequestedAt);
  await dependencies.paces.builds.turn();
  const found = await findBuildOfRun(dependencies.codebuild, { project, runId, since });
  if (found?.id === undefined && isSettled(record, dependencies.now())) {
    await updateRecord(runId, transitionToNoBuildRequested(), dependencies);
  }
  return found?.id;
}

async function projectOf(
  { executionArn }: RunRecord,
  { sfn, project, paces }: FindOrphanedBuildDependencies,
): Promise<string> {
  await paces.executions.turn();
  const parsed = requestSchema.safeParse(requestOf(await describeExecution(sfn, executionArn)));
  return parsed.success ? parsed.data.build.project : project;
}

function isSettled({ finishedAt }: RunRecord, now: Date): boolean {
  return finishedAt === undefined || now.getTime() - Date.parse(finishedAt) > ATTEMPT_MS;
}
