import {
  boundedText,
  CodeseederError,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  isAgainTargetRun,
  isReadTargetRun,
  isScheduledStart,
  parseAgainTargetRun,
  parseReadTargetRun,
  parseTargetStart,
  type StartedTarget,
  type TargetRefusal,
  type TargetRunPage,
} from '../../lib/contract/index.js';
import { startTargetRun } from '../../lib/run-store/start-target-run.js';
import { readTargetRun } from './read-target-run.js';
import { startScheduled, type StartScheduledDependencies } from './start-scheduled.js';
import { startTargetAgain, type StartTargetAgainDependencies } from './start-target-again.js';

export type StarterDependencies = StartScheduledDependencies & StartTargetAgainDependencies;

/** The response of the handler. */
export type StarterAnswer = StartedTarget | TargetRunPage | TargetRefusal;

/**
 * Starts a published target for a caller or a schedule, starts a run of one again, or reads it. Returns the code and
 * message of an error in the request, because a thrown error would not reach the caller in this form. Throws any other
 * error.
 */
export async function answerStarter(
  event: unknown,
  dependencies: StarterDependencies,
): Promise<StarterAnswer> {
  if (isScheduledStart(event)) return startScheduled(event, dependencies);
  try {
    if (isReadTargetRun(event)) return await readTargetRun(parseReadTargetRun(event), dependencies);
    if (isAgainTargetRun(event)) return await startTargetAgain(parseAgainTargetRun(event), dependencies);
    const start = parseTargetStart(event, 'request to start a target');
    return await startTargetRun({ start, trigger: 'TARGET', ownId: dependencies.invocationId }, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code === 'ControlPlaneError') throw error;
    const message = boundedText(error.message, FAILURE_MESSAGE_MAX_CHARACTERS);
    return { refused: { code: error.code, message } };
  }
}
