import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

import { adoptLogGroup } from './adopt-log-group.js';
import { answerRequest } from './answer-request.js';
import { parseCustomResourceRequest, parseEnvelope } from './custom-resource-request.js';

const logger = new Logger({ serviceName: 'adopt-log-group' });
const logs = new CloudWatchLogsClient({});

/** Handles the lifecycle events of the custom resource that creates or adopts the log group of builds. */
export async function handler(event: unknown): Promise<void> {
  const envelope = parseEnvelope(event);
  logger.appendKeys({ logicalResourceId: envelope.LogicalResourceId });
  const answer = await answerRequest(envelope, async () =>
    adoptLogGroup(parseCustomResourceRequest(event), logs),
  );
  if (answer.Status === 'SUCCESS') logger.info('Adopted the log group', { ...answer });
  else logger.error('Could not adopt the log group', { ...answer });
}
