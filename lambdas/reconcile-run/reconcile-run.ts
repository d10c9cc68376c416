import { z } from 'zod';

import { endRun, type EndRunDependencies } from './end-run.js';
import { findOpenRuns } from './find-open-runs.js';

/** Step Functions' own event on the default bus. @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const executionStatusChangeSchema = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), stateMachineArn: z.string(), name: z.string() }),
});

export interface ReconcileRunDependencies extends EndRunDependencies {
  readonly stateMachineArn: string;
  readonly log: {
    info(message: string, details: Record<string, unknown>): void;
    error(message: string, details: Record<string, unknown>): void;
  };
}

export interface Reconciled {
  /** Number of runs examined. */
  readonly examined: number;
  /** Ids of the runs that this call ended or announced. */
  readonly ended: readonly string[];
}

/** Runs examined at the same time, well below the request rates that Step Functions and DynamoDB throttle. */
const CONCURRENCY = 8;

/**
 * Ends runs whose executions ended without recording it: the run of an execution status change, or every open run when
 * the schedule calls. Repeating the call changes nothing.
 *
 * @throws AggregateError when some runs could not be reconciled, after all others were
 */
export async function reconcileRun(
  event: unknown,
  dependencies: ReconcileRunDependencies,
): Promise<Reconciled> {
  const changed = executionStatusChangeSchema.safeParse(event);
  if (changed.success) {
    const { name, executionArn, stateMachineArn } = changed.data.detail;
    if (stateMachineArn !== dependencies.stateMachineArn) return { examined: 0, ended: [] };
    return reconcileAll([{ runId: name, executionArn }], dependencies);
  }
  return reconcileAll(await findOpenRuns(dependencies), dependencies);
}

async function reconcileAll(
  runs: readonly { runId: string; executionArn: string }[],
  dependencies: ReconcileRunDependencies,
): Promise<Reconciled> {
  const waiting = [...runs];
  const ended: string[] = [];
  const errors: unknown[] = [];
  const work = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      try {
        if (await endRun(run, dependencies)) {
          ended.push(run.runId);
          dependencies.log.info('Ended the run', { runId: run.runId });
        }
      } catch (error) {
        errors.push(error);
        dependencies.log.error('Could not reconcile the run', { runId: run.runId, error });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (errors.length > 0) {
    throw new AggregateError(errors, `${errors.length} of ${runs.length} runs could not be reconciled.`);
  }
  return { examined: runs.length, ended };
}
