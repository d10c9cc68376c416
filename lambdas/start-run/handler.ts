import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';

import { parseHandlerEnvironment } from '../../lib/contract/index.js';
import { requestIdOf } from './requested-start.js';
import { type StartedRun, startRun } from './start-run.js';

const environment = parseHandlerEnvironment('start-run', process.env);
const logger = new Logger({
  serviceName: 'start-run',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = {
  events: new EventBridgeClient({}),
  s3: new S3Client({}),
  sfn: new SFNClient({}),
};

/** Starts the run that an event, a schedule or an object of the inbox requests. Rules of EventBridge call it. */
export async function handler(event: unknown, context: Pick<Context, 'awsRequestId'>): Promise<StartedRun> {
  const invocationId = context.awsRequestId;
  logger.appendKeys({ runId: requestIdOf(event, invocationId) });
  const started = await startRun(event, { ...environment, ...clients, invocationId });
  if ('refused' in started) logger.warn('Refused the request', started.refused);
  else {
    logger.appendKeys({ runId: started.runId });
    logger.info('Started the run', { executionArn: started.executionArn });
  }
  return started;
}
