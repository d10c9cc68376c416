import {
  boundedText,
  CodeseederError,
  executionArnOf,
  FAILURE_MESSAGE_MAX_CHARACTERS,
  parseScheduledStart,
  type ScheduledStart,
  type StartedTarget,
  type TargetRefusal,
} from '../../lib/contract/index.js';
import { announceRefusal, type RunBus } from '../../lib/run-store/events.js';
import { describeExecution } from '../../lib/run-store/execution.js';
import { type StartClients, startTargetRun } from '../../lib/run-store/start-target-run.js';

export interface StartScheduledDependencies extends StartClients, RunBus {
  /** Id of the handler's invocation, used as the id of a refused message that has none. */
  readonly invocationId: string;
}

/**
 * Starts the target of a schedule. Each attempt of EventBridge Scheduler and Lambda has the same run id, so that one
 * run starts. EventBridge Scheduler ignores the response, so a refusal is announced as `Run Refused`. Throws any other
 * error, so that Lambda repeats the call.
 */
export async function startScheduled(
  event: unknown,
  dependencies: StartScheduledDependencies,
): Promise<StartedTarget | TargetRefusal> {
  let requestId = dependencies.invocationId;
  try {
    const scheduled = parseScheduledStart(event);
    requestId = scheduled.runId;
    return await startOnce(scheduled, dependencies);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code === 'ControlPlaneError') throw error;
    const refused = {
      code: error.code,
      message: boundedText(error.message, FAILURE_MESSAGE_MAX_CHARACTERS),
    };
    await announceRefusal({ version: 1, requestId, ...refused }, dependencies);
    return { refused };
  }
}

async function startOnce(
  { start, runId }: ScheduledStart,
  clients: StartScheduledDependencies,
): Promise<StartedTarget> {
  try {
    return await startTargetRun({ start, trigger: 'SCHEDULE', ownId: runId }, clients);
  } catch (error) {
    if (!(error instanceof CodeseederError) || error.code !== 'RunIdConflict') throw error;
    // An earlier attempt started the run. Since then, the alias or the newest version of the target has changed.
    const executionArn = executionArnOf(clients.stateMachineArn, runId);
    const { status } = await describeExecution(clients.sfn, executionArn);
    if (status === 'MISSING') throw error;
    return { runId, executionArn };
  }
}
