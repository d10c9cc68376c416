import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';

import { parseAwaitLockInput, parseHandlerEnvironment } from '../../lib/contract/index.js';
import { type Awaited, awaitLock } from './await-lock.js';

const environment = parseHandlerEnvironment('await-lock', process.env);
const logger = new Logger({
  serviceName: 'await-lock',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = { dynamodb: new DynamoDBClient({}), sfn: new SFNClient({}) };

/** Records that a run waits for its lock, for the state WaitForLock, which waits until the task token is returned. */
export async function handler(event: unknown): Promise<{ readonly run: Awaited }> {
  const input = parseAwaitLockInput(event);
  logger.appendKeys({ runId: input.runId, lock: input.lock });
  const run = await awaitLock(input, { ...environment, ...clients, now: () => new Date() });
  logger.info('Looked at the lock', { run });
  return { run };
}
