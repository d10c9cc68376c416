import {
  boundedText,
  CodeseederError,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  isReadTargetRun,
  isScheduledStart,
  parseReadTargetRun,
  parseTargetStart,
  type StartedTarget,
  type TargetRefusal,
  type TargetRunPage,
} from '../../lib/contract/index.js';
import { startTargetRun } from '../../lib/run-store/start-target-run.js';
import { readTargetRun, type ReadTargetRunClients } from './read-target-run.js';
import { startScheduled, type StartScheduledDependencies } from './start-scheduled.js';

export interface StarterDependencies extends StartScheduledDependencies, ReadTargetRunClients {
  /** Id of the handler's invocation, used as the id of a run that has none. */
  readonly invocationId: string;
}

/** What the handler answers. */
export type StarterAnswer = StartedTarget | TargetRunPage | TargetRefusal;

/**
 * Starts a published target, for a caller or a schedule, or shows a run of one. A request that is wrong is answered, not
 * thrown, so that the caller gets its code and message. Throws any other error.
 */
export async function answerStarter(
  event: unknown,
  dependencies: StarterDependencies,
): Promise<StarterAnswer> {
  if (isScheduledStart(event)) return startScheduled(event, dependencies);
  try {
    if (isReadTargetRun(event)) return await readTargetRun(parseReadTargetRun(event), dependencies);
    const start = parseTargetStart(event, 'request to start a target');
    return await startTargetRun({ start, trigger: 'TARGET', ownId: dependencies.invocationId }, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code === 'ControlPlaneError') throw error;
    const message = boundedText(error.message, FAILURE_MESSAGE_MAX_CHARACTERS);
    return { refused: { code: error.code, message } };
  }
}
