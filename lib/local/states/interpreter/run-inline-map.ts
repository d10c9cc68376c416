import type { MapState } from './definition.js';
import { type Entered, type Execution, type MapItem, scopeOf } from './execution.js';
import { evaluateItems, selectItem } from './map-items.js';
import { recordEvaluation } from './record-evaluation.js';
import { runTogether, SiblingFailed } from './run-together.js';
import { asAttemptFailed, checkSize } from './state-error.js';
import { evaluateCount } from './template.js';

/**
 * Maximum number of items that run at the same time.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
 */
const CONCURRENT_ITEMS_MAX = 40;

/**
 * Runs the states of each item within this execution.
 * @returns the outputs of the items.
 * @throws AttemptFailed, StateError
 */
export async function runInline(
  execution: Execution,
  state: MapState,
  entered: Entered,
  retryCount: number,
): Promise<unknown> {
  const scope = scopeOf(execution, entered, { retryCount });
  const items = await evaluateItems(execution, state, entered, retryCount);
  const concurrency = await evaluateCount(state.maxConcurrency, scope, 'MaxConcurrency');
  const limit = Math.min(concurrency || CONCURRENT_ITEMS_MAX, CONCURRENT_ITEMS_MAX);
  const { history, signal } = execution;
  history.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const result = await runTogether(signal, { count: items.length, limit }, (index, itemSignal) =>
    runItem(execution, state, entered, { index, value: items[index] }, itemSignal),
  ).catch((error: unknown) => {
    if (!signal.aborted) history.record('MapStateFailed');
    throw asAttemptFailed(error);
  });
  checkSize(JSON.stringify(result), 'The items returned a result');
  history.record('MapStateSucceeded');
  return result;
}

async function runItem(
  execution: Execution,
  state: MapState,
  entered: Entered,
  item: MapItem,
  signal: AbortSignal,
): Promise<unknown> {
  const history = execution.history.branch();
  const inside: Execution = { ...execution, history, signal, item };
  const details = { name: state.name, index: item.index };
  history.record('MapIterationStarted', { mapIterationStartedEventDetails: details });
  try {
    const input = await selectItem(inside, state, entered, item).catch((error: unknown) => {
      throw recordEvaluation(inside, entered, error);
    });
    const { value } = await execution.walk(inside, state.processor, input);
    history.record('MapIterationSucceeded', { mapIterationSucceededEventDetails: details });
    return value;
  } catch (error) {
    if (signal.reason instanceof SiblingFailed)
      history.record('MapIterationAborted', { mapIterationAbortedEventDetails: details });
    else if (!signal.aborted)
      history.record('MapIterationFailed', { mapIterationFailedEventDetails: details });
    throw error;
  } finally {
    execution.history.join(history);
  }
}
