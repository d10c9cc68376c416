import { z } from 'zod';

import { endMap } from './end-map.js';
import { endRun } from './end-run.js';
import { NO_PACES } from './pace.js';
import { type Reconciled, sweep } from './sweep.js';
import { startPass, type SweepDependencies } from './sweep-pass.js';

/**
 * Step Functions' own event on the default bus.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const executionStatusChangeSchema = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), stateMachineArn: z.string(), name: z.string() }),
});

/**
 * Ends runs and maps whose executions ended without recording it: the run or map of an execution status change, or all
 * of them if the schedule calls it. Repeating the call changes nothing.
 *
 * @throws the error of a single run or map, even if it is transient, because Lambda repeats the call
 * @throws AggregateError if a sweep failed with an error that is not transient
 */
export async function reconcileRun(event: unknown, dependencies: SweepDependencies): Promise<Reconciled> {
  const changed = executionStatusChangeSchema.safeParse(event);
  if (!changed.success) return sweep(dependencies);
  const { name, executionArn, stateMachineArn } = changed.data.detail;
  const { log } = dependencies;
  const one = { ...startPass(dependencies), paces: NO_PACES };
  const act = async () => {
    if (stateMachineArn === dependencies.mapMachineArn) return endMap(name, one);
    return endRun({ runId: name, executionArn }, one);
  };
  const isKnown = [dependencies.stateMachineArn, dependencies.mapMachineArn].includes(stateMachineArn);
  if (!isKnown) return { examined: 0, ended: [], left: 0 };
  try {
    const hasChanged = await act();
    if (hasChanged) log.info('Ended the execution', { name });
    return { examined: 1, ended: hasChanged ? [name] : [], left: 0 };
  } catch (error) {
    log.error('Could not reconcile the execution', { name, error });
    throw error;
  }
}
