import { type CodeBuildClient, InvalidInputException, StopBuildCommand } from '@aws-sdk/client-codebuild';

/** Stops a build; one that is over already is as good as stopped. */
export async function stopBuild(codebuild: CodeBuildClient, buildId: string): Promise<void> {
  try {
    await codebuild.send(new StopBuildCommand({ id: buildId }));
  } catch (error) {
    if (!(error instanceof InvalidInputException)) throw error;
  }
}
