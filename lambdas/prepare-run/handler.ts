import { readFile } from 'node:fs/promises';

import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

import {
  CACHE_FILE,
  parseHandlerEnvironment,
  parsePrepareRunInput,
  type PreparedRun,
  PLACE_LAYERS_FILE,
  REGISTRY_LOGINS_FILES,
} from '../../lib/contract/index.js';
import { prepareRun } from './prepare-run.js';

const environment = parseHandlerEnvironment('prepare-run', process.env);
const logger = new Logger({
  serviceName: 'prepare-run',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = { dynamodb: new DynamoDBClient({}), s3: new S3Client({}) };
const readBeside = (file: string) => readFile(new URL(file, import.meta.url));
const loginPrograms = async () => ({
  node: await readBeside(REGISTRY_LOGINS_FILES.node),
  python: await readBeside(REGISTRY_LOGINS_FILES.python),
});

/** Checks a run request and renders its build, for the state PrepareRun. @throws CodeseederError */
export async function handler(event: unknown): Promise<PreparedRun> {
  const input = parsePrepareRunInput(event);
  logger.appendKeys({ runId: input.executionName });
  const prepared = await prepareRun(input, {
    ...environment,
    ...clients,
    loginPrograms,
    placeLayersProgram: () => readBeside(PLACE_LAYERS_FILE),
    cacheProgram: () => readBeside(CACHE_FILE),
    now: () => new Date(),
  });
  logger.info('Prepared the run', { queueDeadline: prepared.queueDeadline });
  return prepared;
}
