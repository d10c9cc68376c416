import { Logger } from '@aws-lambda-powertools/logger';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';

import { parseHandlerEnvironment, parsePollBuildInput, type PolledBuild } from '../../lib/contract/index.js';
import { pollBuild } from './poll-build.js';

const environment = parseHandlerEnvironment('poll-build', process.env);
const logger = new Logger({
  serviceName: 'poll-build',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const codebuild = new CodeBuildClient({});

/** Reads the state of a build once, for the state PollBuild. @throws CodeseederError `ControlPlaneError`, `BuildTimedOut` */
export async function handler(event: unknown): Promise<PolledBuild> {
  const input = parsePollBuildInput(event);
  logger.appendKeys({ runId: input.runId, buildId: input.buildId });
  const polled = await pollBuild(input, { codebuild, now: () => new Date() });
  logger.info('Polled the build', { ...polled });
  return polled;
}
