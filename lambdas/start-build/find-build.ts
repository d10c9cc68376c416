import {
  BatchGetBuildsCommand,
  type Build,
  type CodeBuildClient,
  paginateListBuildsForProject,
} from '@aws-sdk/client-codebuild';

import { BUILD_VARIABLES, CodeseederError } from '../../lib/contract/index.js';

/** CodeBuild's clock and ours may differ by so much. */
const CLOCK_SKEW_MS = 60_000;

/** @throws CodeseederError `ControlPlaneError` when CodeBuild has no such build */
export async function getBuild(codebuild: CodeBuildClient, buildId: string): Promise<Build> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const build = builds?.[0];
  if (build === undefined) {
    throw new CodeseederError('ControlPlaneError', `CodeBuild has no build ${buildId}: was it deleted?`);
  }
  return build;
}

/** The build of a run among the project's, newest first, back to when it can have been started at the earliest. */
export async function findBuildOfRun(
  client: CodeBuildClient,
  { project, runId, since }: { project: string; runId: string; since: Date },
): Promise<Build | undefined> {
  const earliest = since.getTime() - CLOCK_SKEW_MS;
  const pages = paginateListBuildsForProject({ client }, { projectName: project, sortOrder: 'DESCENDING' });
  for await (const { ids = [] } of pages) {
    if (ids.length === 0) return undefined;
    const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids }));
    const found = builds.find((build) => runIdOf(build) === runId);
    if (found !== undefined) return found;
    if (builds.some(({ startTime }) => startTime !== undefined && startTime.getTime() < earliest)) {
      return undefined;
    }
  }
  return undefined;
}

function runIdOf({ environment }: Build): string | undefined {
  return environment?.environmentVariables?.find(({ name }) => name === BUILD_VARIABLES.runId)?.value;
}
