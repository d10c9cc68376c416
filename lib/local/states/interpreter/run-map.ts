import type { MapState } from './definition.js';
import {
  evaluateExit,
  type Entered,
  type Execution,
  type Exit,
  type MapItem,
  type Payload,
  scopeOf,
  type Step,
} from './execution.js';
import { recordEvaluation } from './record-evaluation.js';
import { runRetrying } from './run-retrying.js';
import { runTogether, SiblingFailed } from './run-together.js';
import { asAttemptFailed, checkSize } from './state-error.js';
import { evaluateCount, evaluateTemplate, unexpected } from './template.js';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const CONCURRENT_ITEMS_MAX = 40;

/** @throws StateError that no Catcher matches */
export function runMap(execution: Execution, state: MapState, entered: Entered): Promise<Step> {
  return runRetrying(execution, state, entered, (retryCount) =>
    attempt(execution, state, entered, retryCount),
  );
}

/** Runs the states of each item as part of this execution. */
async function attempt(
  execution: Execution,
  state: MapState,
  entered: Entered,
  retryCount: number,
): Promise<Exit> {
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
  return evaluateExit(state, result, scopeOf(execution, entered, { retryCount, result }));
}

async function evaluateItems(
  execution: Execution,
  { items }: MapState,
  entered: Entered,
  retryCount: number,
): Promise<readonly unknown[]> {
  const scope = scopeOf(execution, entered, { retryCount });
  const value = items === undefined ? entered.input : await evaluateTemplate(items, scope, 'Items');
  if (Array.isArray(value)) return value as unknown[];
  throw unexpected(items, 'Items', `Expected 'array'`, value);
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

/** Returns the input of an item's states. */
async function selectItem(
  execution: Execution,
  { itemSelector }: MapState,
  entered: Entered,
  item: MapItem,
): Promise<Payload> {
  const scope = scopeOf(execution, entered, { item });
  const value =
    itemSelector === undefined ? item.value : await evaluateTemplate(itemSelector, scope, 'ItemSelector');
  return { value, text: checkSize(JSON.stringify(value), 'The item has an input') };
}
