import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

import {
  type CollectedMap,
  type MapDescription,
  parseDriveMapInput,
  parseHandlerEnvironment,
  type PreparedInput,
  type PreparedMap,
} from '../../lib/contract/index.js';
import { driveMap } from './drive-map.js';

const environment = parseHandlerEnvironment('drive-map', process.env);
const logger = new Logger({
  serviceName: 'drive-map',
  persistentLogAttributes: { seedkit: environment.seedkit },
});
const clients = { dynamodb: new DynamoDBClient({}), s3: new S3Client({}) };
const descriptions = new Map<string, MapDescription>();

/** Prepares maps and the runs of their inputs, and determines how maps ended. @throws CodeseederError */
export async function handler(event: unknown): Promise<PreparedMap | PreparedInput | CollectedMap> {
  const input = parseDriveMapInput(event);
  const answer = await driveMap(input, { ...environment, ...clients, descriptions });
  logger.info(
    `Did ${input.step}`,
    'decision' in answer ? { runId: answer.runId, decision: answer.decision } : {},
  );
  return answer;
}
