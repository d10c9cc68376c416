import { z } from 'zod';

import { endRun } from './end-run.js';
import { NO_PACES } from './pace.js';
import { type Reconciled, sweep } from './sweep.js';
import type { SweepDependencies } from './sweep-pass.js';

/** Step Functions' own event on the default bus. @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const executionStatusChangeSchema = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), stateMachineArn: z.string(), name: z.string() }),
});

/**
 * Ends runs whose executions ended without recording it: the run of an execution status change, or all such runs if the
 * schedule calls it. Repeating the call changes nothing.
 *
 * @throws the error of a single run, even if it is transient, because Lambda repeats the call
 * @throws AggregateError if a sweep failed with an error that is not transient
 */
export async function reconcileRun(event: unknown, dependencies: SweepDependencies): Promise<Reconciled> {
  const changed = executionStatusChangeSchema.safeParse(event);
  if (!changed.success) return sweep(dependencies);
  const { name: runId, executionArn, stateMachineArn } = changed.data.detail;
  if (stateMachineArn !== dependencies.stateMachineArn) return { examined: 0, ended: [], left: 0 };
  const { log } = dependencies;
  try {
    const hasChanged = await endRun({ runId, executionArn }, { ...dependencies, paces: NO_PACES });
    if (hasChanged) log.info('Ended the run', { runId });
    return { examined: 1, ended: hasChanged ? [runId] : [], left: 0 };
  } catch (error) {
    log.error('Could not reconcile the run', { runId, error });
    throw error;
  }
}
