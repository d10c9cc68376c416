import {
  BatchGetBuildsCommand,
  type Build,
  type CodeBuildClient,
  InvalidInputException,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';

import { CodeseederError } from '../../lib/contract/index.js';

/** @throws CodeseederError `ControlPlaneError` when CodeBuild has no such build */
export async function getBuild(codebuild: CodeBuildClient, buildId: string): Promise<Build> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [buildId] }));
  const build = builds?.[0];
  if (build === undefined) {
    throw new CodeseederError('ControlPlaneError', `CodeBuild has no build ${buildId}: was it deleted?`);
  }
  return build;
}

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
