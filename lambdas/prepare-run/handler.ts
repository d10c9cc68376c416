import { readFile } from 'node:fs/promises';

import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';

import {
  parseHandlerEnvironment,
  parsePrepareRunInput,
  type PreparedRun,
  REGISTRY_LOGINS_FILE,
} from '../../lib/contract/index.js';
import { prepareRun } from './prepare-run.js';

const environment = parseHandlerEnvironment('prepare-run', process.env);
const logger = new Logger({
  serviceName: 'prepare-run',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const s3 = new S3Client({});
const loginProgram = () => readFile(new URL(REGISTRY_LOGINS_FILE, import.meta.url));

export async function handler(event: unknown): Promise<PreparedRun> {
  const input = parsePrepareRunInput(event);
  logger.appendKeys({ runId: input.executionName });
  const prepared = await prepareRun(input, { ...environment, s3, loginProgram, now: () => new Date() });
  logger.info('Prepared the run', { queueDeadline: prepared.queueDeadline });
  return prepared;
}
