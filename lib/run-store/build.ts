/** Finds, reads and stops the CodeBuild build of a run. The build's environment variables name the run. */
import {
  BatchGetBuildsCommand,
  type Build,
  type CodeBuildClient,
  InvalidInputException,
  paginateListBuildsForProject,
  ResourceNotFoundException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';

import { BUILD_VARIABLES } from '../contract/index.js';

/** The largest difference expected between CodeBuild's clock and the caller's. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Searches the builds of a project, newest first, for the build of a run.
 * @param since the earliest time at which the build can have been requested: older builds are not read
 * @returns undefined if the project has no such build, or was deleted
 */
export async function findBuildOfRun(
  codebuild: CodeBuildClient,
  { project, runId, since }: { readonly project: string; readonly runId: string; readonly since: Date },
): Promise<Build | undefined> {
  const earliestMs = since.getTime() - CLOCK_SKEW_MS;
  const query = { projectName: project, sortOrder: 'DESCENDING' } as const;
  try {
    for await (const { ids = [] } of paginateListBuildsForProject({ client: codebuild }, query)) {
      if (ids.length === 0) return undefined;
      const { builds = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
      const found = builds.find((build) => runIdOf(build) === runId);
      if (found !== undefined) return found;
      if (builds.some(({ startTime }) => (startTime?.getTime() ?? Infinity) < earliestMs)) return undefined;
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return undefined;
}

/**
 * Stops a build, unless it has ended or no longer exists.
 * @returns whether this call stopped it
 */
export async function stopBuild(codebuild: CodeBuildClient, buildId: string): Promise<boolean> {
  const build = await findBuild(codebuild, buildId);
  if (build?.buildComplete === true) return false;
  try {
    // A build that was not found is stopped too, because BatchGetBuilds may not return a build that has just started.
    await codebuild.send(new StopBuildCommand({ id: buildId }));
    return true;
  } catch (error) {
    // The build ended between the two calls, or does not exist.
    if (error instanceof InvalidInputException || error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** Reads a build. @returns undefined when CodeBuild has no such build */
export async function findBuild(codebuild: CodeBuildClient, buildId: string): Promise<Build | undefined> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  return builds?.[0];
}

function runIdOf({ environment }: Build): string | undefined {
  return environment?.environmentVariables?.find(({ name }) => name === BUILD_VARIABLES.runId)?.value;
}
