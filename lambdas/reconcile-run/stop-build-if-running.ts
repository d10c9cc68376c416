import {
  BatchGetBuildsCommand,
  type CodeBuildClient,
  InvalidInputException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';

/** Stops a build that is still in progress; one that is gone or over needs nothing. */
export async function stopBuildIfRunning(codebuild: CodeBuildClient, buildId: string): Promise<void> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  if (builds?.[0] === undefined || builds[0].buildComplete === true) return;
  try {
    await codebuild.send(new StopBuildCommand({ id: buildId }));
  } catch (error) {
    // It ended between the two calls.
    if (!(error instanceof InvalidInputException)) throw error;
  }
}
