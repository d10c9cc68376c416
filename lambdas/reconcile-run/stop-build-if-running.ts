import {
  BatchGetBuildsCommand,
  type CodeBuildClient,
  InvalidInputException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';

/**
 * Stops a build that is still in progress; one that is gone or over needs nothing.
 * @returns whether it was stopped now
 */
export async function stopBuildIfRunning(codebuild: CodeBuildClient, buildId: string): Promise<boolean> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  if (builds?.[0] === undefined || builds[0].buildComplete === true) return false;
  try {
    await codebuild.send(new StopBuildCommand({ id: buildId }));
    return true;
  } catch (error) {
    // It ended between the two calls.
    if (error instanceof InvalidInputException) return false;
    throw error;
  }
}
