import type { DistributedMap, MapState } from './definition.js';
import { batchItems, type Batch, evaluateBatcher, singleItems } from './batch-items.js';
import { type Entered, type Execution, type Payload, scopeOf } from './execution.js';
import type { Scope } from './expression.js';
import { evaluateItems, selectItem } from './map-items.js';
import { keptResults, type MapResults } from './map-results.js';
import type { MapRun, MapRunLimits, MapRuns } from './map-run.js';
import { type OpenItems, itemsOfReader } from './read-items.js';
import { recordEvaluation } from './record-evaluation.js';
import { resultFiles } from './result-files.js';
import { runChildren } from './run-children.js';
import { asAttemptFailed, RUNTIME, StateError } from './state-error.js';
import { evaluateCount, evaluateField, evaluateTemplate, unexpected } from './template.js';

/** The evaluated fields of a map run. */
interface Plan {
  readonly openItems: OpenItems;
  /**
   * Number of items as the history shows it: 0 if the items are read from S3, because it is not known yet.
   */
  readonly length: number;
  readonly limits: MapRunLimits;
  readonly maxItemsPerBatch: number;
  readonly batch: (items: AsyncIterable<Payload>) => AsyncIterable<Batch>;
  readonly openResults: (mapRunArn: string) => MapResults;
}

/**
 * Runs a child execution for each item or batch, as a map run.
 * @returns the outputs of the child executions, or the location of the files with their results
 * @throws AttemptFailed, StateError
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export async function runDistributed(
  execution: Execution,
  state: MapState,
  entered: Entered,
  retryCount: number,
): Promise<unknown> {
  const { history, identity, mapRuns } = execution;
  const { distributed, processor } = state;
  if (distributed === undefined || mapRuns === undefined) {
    throw new StateError(RUNTIME, 'Map runs are not available.');
  }
  const plan = await evaluatePlan(execution, state, entered, { distributed, mapRuns, retryCount });
  history.record('MapStateStarted', { mapStateStartedEventDetails: { length: plan.length } });
  const run = await mapRuns.open(identity, { label: distributed.label, processor, ...plan.limits });
  try {
    history.record('MapRunStarted', { mapRunStartedEventDetails: { mapRunArn: run.arn } });
    const result = await runItems(execution, state, entered, { plan, run });
    await run.end('SUCCEEDED');
    history.record('MapRunSucceeded');
    history.record('MapStateSucceeded');
    return result;
  } catch (error) {
    await run.end(execution.signal.aborted ? 'ABORTED' : 'FAILED');
    recordFailure(execution, error);
    throw asAttemptFailed(error);
  }
}

function recordFailure({ history, signal }: Execution, error: unknown): void {
  if (signal.aborted) return void history.record('MapRunAborted');
  const { error: name, stateCause: cause } =
    error instanceof StateError ? error : new StateError(RUNTIME, String(error));
  history.record('MapRunFailed', { mapRunFailedEventDetails: { error: name, cause } });
  history.record('MapStateFailed');
}

async function runItems(
  execution: Execution,
  state: MapState,
  entered: Entered,
  { plan, run }: { readonly plan: Plan; readonly run: MapRun },
): Promise<unknown> {
  const total = await countItems(plan.openItems(), execution.signal);
  run.expect(total, Math.ceil(total / plan.maxItemsPerBatch));
  const results = plan.openResults(run.arn);
  const inputs = plan.batch(selectedItems(execution, state, entered, plan.openItems()));
  return runChildren(execution, run, { inputs, total, results });
}

/**
 * Reads all items before the first child starts. An unreadable item thus fails the map run at its start, as in Step
 * Functions.
 */
async function countItems(items: AsyncIterable<unknown>, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const _item of items) {
    signal.throwIfAborted();
    count += 1;
  }
  return count;
}

async function* selectedItems(
  execution: Execution,
  state: MapState,
  entered: Entered,
  items: AsyncIterable<unknown>,
): AsyncGenerator<Payload> {
  let index = 0;
  for await (const value of items) {
    try {
      yield await selectItem(execution, state, entered, { index, value });
    } catch (error) {
      throw recordEvaluation(execution, entered, error);
    }
    index += 1;
  }
}

async function evaluatePlan(
  execution: Execution,
  state: MapState,
  entered: Entered,
  map: { readonly distributed: DistributedMap; readonly mapRuns: MapRuns; readonly retryCount: number },
): Promise<Plan> {
  const { distributed, mapRuns, retryCount } = map;
  const scope = scopeOf(execution, entered, { retryCount });
  const { reader, batcher } = distributed;
  const items = reader === undefined ? await evaluateItems(execution, state, entered, retryCount) : undefined;
  const limits = batcher && (await evaluateBatcher(batcher, scope));
  return {
    openItems:
      reader === undefined ? () => each(items ?? []) : await itemsOfReader(mapRuns.objects, reader, scope),
    length: items?.length ?? 0,
    limits: await evaluateLimits(state, distributed, scope),
    maxItemsPerBatch: limits?.maxItems ?? 1,
    batch: (selected) => (limits === undefined ? singleItems(selected) : batchItems(selected, limits)),
    openResults: await evaluateWriter(mapRuns, distributed, scope),
  };
}

async function* each(items: readonly unknown[]): AsyncGenerator<unknown> {
  yield* items;
}

async function evaluateLimits(
  { maxConcurrency }: MapState,
  { toleratedFailureCount: count, toleratedFailurePercentage: percentage }: DistributedMap,
  scope: Scope,
): Promise<MapRunLimits> {
  return {
    maxConcurrency: await evaluateCount(maxConcurrency, scope, 'MaxConcurrency'),
    toleratedFailureCount:
      count === undefined ? undefined : await evaluateCount(count, scope, 'ToleratedFailureCount'),
    toleratedFailurePercentage:
      percentage === undefined ? undefined : await evaluatePercentage(percentage, scope),
  };
}

async function evaluatePercentage(field: number | string, scope: Scope): Promise<number> {
  const location = 'ToleratedFailurePercentage';
  const percentage = await evaluateField(field, 'number', scope, location);
  if (percentage >= 0 && percentage <= 100) return percentage;
  throw unexpected(field, location, 'Expected a number from 0 to 100', percentage);
}

async function evaluateWriter(
  { objects }: MapRuns,
  { writer }: DistributedMap,
  scope: Scope,
): Promise<Plan['openResults']> {
  if (writer?.arguments === undefined) return () => keptResults(writer?.transformation);
  const location = 'ResultWriter/Arguments';
  const args = (await evaluateTemplate(writer.arguments, scope, location)) as Record<string, unknown>;
  const bucket = await evaluateField(args.Bucket, 'string', scope, `${location}/Bucket`);
  const prefix = await evaluateField(args.Prefix ?? '', 'string', scope, `${location}/Prefix`);
  return (mapRunArn) => resultFiles({ objects, bucket, prefix, mapRunArn }, writer);
}
