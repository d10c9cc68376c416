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
  /** Runs looked at. */
  readonly examined: number;
  /** Those brought to their end or announced now. */
  readonly ended: readonly string[];
}

/** Runs examined at the same time, well below what Step Functions and DynamoDB throttle. */
const CONCURRENCY = 8;

/**
 * Brings runs to their end whose executions ended without doing so: the one an execution status change names, or
 * every open run when the schedule calls. Doing it twice is harmless.
 *
 * @throws AggregateError when runs could not be reconciled, after all others were
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
          dependencies.log.info('Brought the run to its end', { runId: run.runId });
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
