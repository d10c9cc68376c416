import type { Json } from '../../resources/resource-provider.js';
import { DefinitionFields, parseNext } from './definition-fields.js';
import type { MapState, StateGraph } from './definition.js';
import { isExpression } from './expression.js';
import { parseRetrying, RETRYING_FIELDS } from './parse-retrying.js';

const MAP_FIELDS = [
  'Items',
  'ItemSelector',
  'ItemProcessor',
  'Iterator',
  'MaxConcurrency',
  ...RETRYING_FIELDS,
  'Next',
  'End',
  'Assign',
  'Output',
];

/** Fields of JSONPath states, and those that JSONata states have instead. */
const JSONPATH_FIELDS: Readonly<Record<string, string>> = {
  ItemsPath: 'Items',
  Parameters: 'ItemSelector',
  MaxConcurrencyPath: 'MaxConcurrency',
  ToleratedFailureCountPath: 'ToleratedFailureCount',
  ToleratedFailurePercentagePath: 'ToleratedFailurePercentage',
};

/** @throws AwsError `InvalidDefinition` */
export function parseMap(
  name: string,
  fields: DefinitionFields,
  parseGraph: (fields: DefinitionFields) => StateGraph,
  anyState: readonly string[],
): MapState {
  for (const [old, now] of Object.entries(JSONPATH_FIELDS)) {
    if (fields.has(old)) throw fields.problem(`A JSONata state has "${now}" instead of "${old}"`, old);
  }
  fields.only([...anyState, ...MAP_FIELDS], 'a Map state');
  return {
    type: 'Map',
    name,
    items: parseItems(fields),
    itemSelector: fields.has('ItemSelector') ? fields.template('ItemSelector') : undefined,
    maxConcurrency: parseCount(fields, 'MaxConcurrency') ?? 0,
    processor: parseProcessor(fields, parseGraph),
    ...parseRetrying(fields),
    next: parseNext(fields),
    ...fields.assigning({ result: true }),
  };
}

function parseItems(fields: DefinitionFields): Json | undefined {
  if (!fields.has('Items')) return undefined;
  const items = fields.template('Items');
  if (Array.isArray(items) || (typeof items === 'string' && isExpression(items))) return items;
  throw fields.problem('Expected an array or a JSONata expression', 'Items');
}

/** Reads a whole number, or an expression of one. */
function parseCount(
  fields: DefinitionFields,
  name: string,
  range = { min: 0, max: 2_147_483_647 },
): number | string | undefined {
  return typeof fields.get(name) === 'string' ? fields.expression(name) : fields.number(name, range);
}

function parseProcessor(
  fields: DefinitionFields,
  parseGraph: (fields: DefinitionFields) => StateGraph,
): StateGraph {
  // `Iterator` is the name that `ItemProcessor` had before.
  if (fields.has('ItemProcessor') === fields.has('Iterator'))
    throw fields.problem('Expected "ItemProcessor"');
  const field = fields.has('Iterator') ? 'Iterator' : 'ItemProcessor';
  const processor = new DefinitionFields(fields.get(field), `${fields.path}/${field}`);
  const config = field === 'ItemProcessor' ? ['ProcessorConfig'] : [];
  processor.only(['Comment', 'StartAt', 'States', ...config], `the ${field} of a Map state`);
  checkMode(processor);
  return parseGraph(processor);
}

function checkMode(processor: DefinitionFields): void {
  if (!processor.has('ProcessorConfig')) return;
  const config = new DefinitionFields(processor.get('ProcessorConfig'), `${processor.path}/ProcessorConfig`);
  config.only(['Mode'], 'the ProcessorConfig of an inline Map state');
  if (config.get('Mode') !== 'INLINE') throw config.problem('Expected "INLINE"', 'Mode');
}
