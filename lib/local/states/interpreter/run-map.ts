import type { MapState } from './definition.js';
import { evaluateExit, type Entered, type Execution, scopeOf, type Step } from './execution.js';
import { runDistributed } from './run-distributed-map.js';
import { runInline } from './run-inline-map.js';
import { runRetrying } from './run-retrying.js';

/** Runs a Map state with its retries. @throws StateError that no Catcher matches */
export function runMap(execution: Execution, state: MapState, entered: Entered): Promise<Step> {
  return runRetrying(execution, state, entered, async (retryCount) => {
    const runItems = state.distributed === undefined ? runInline : runDistributed;
    const result = await runItems(execution, state, entered, retryCount);
    return evaluateExit(state, result, scopeOf(execution, entered, { retryCount, result }));
  });
}
