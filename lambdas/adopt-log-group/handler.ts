import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

import { adoptLogGroup } from './adopt-log-group.js';
import { answerRequest } from './answer-request.js';
import {
  parseCustomResourceRequest,
  parseEnvelope,
  type CustomResourceRequest,
} from './custom-resource-request.js';
import { retryWhilePropagating } from './retry-while-propagating.js';

const logger = new Logger({ serviceName: 'adopt-log-group' });
const logs = new CloudWatchLogsClient({});

/** Adopts a log group. The work can be repeated, because each attempt sets the same state. */
function adopt(request: CustomResourceRequest): Promise<void> {
  return retryWhilePropagating(() => adoptLogGroup(request, logs));
}

/** Handles the lifecycle events of the custom resource that creates or adopts the log group of builds. */
export async function handler(event: unknown): Promise<void> {
  const envelope = parseEnvelope(event);
  logger.appendKeys({ logicalResourceId: envelope.LogicalResourceId });
  const answer = await answerRequest(envelope, async () => adopt(parseCustomResourceRequest(event)));
  if (answer.Status === 'SUCCESS') logger.info('Adopted the log group', { ...answer });
  else logger.error('Could not adopt the log group', { ...answer });
}
