import type { MapState } from './definition.js';
import { type Entered, type Execution, type MapItem, type Payload, scopeOf } from './execution.js';
import { checkSize } from './state-error.js';
import { evaluateTemplate, unexpected } from './template.js';

/** Evaluates the items of a Map state that has no ItemReader. @throws StateError */
export async function evaluateItems(
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

/** Returns the input for the states of one item. @throws StateError */
export async function selectItem(
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
