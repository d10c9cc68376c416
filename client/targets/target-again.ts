import { type AgainTargetRun, startedTargetSchema } from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { callStarter } from './call-starter.js';

/**
 * Starts the version again that a run of a target had, by the handler `start-target`.
 * @returns the ARN of the new execution
 * @throws CodeseederError `RunNotFound`, `RunNotOver`, `PublishedTargetNotFound`
 */
export async function startTargetAgain(again: AgainTargetRun, connection: Connection): Promise<string> {
  const { executionArn } = await callStarter({ again }, startedTargetSchema, connection);
  return executionArn;
}
