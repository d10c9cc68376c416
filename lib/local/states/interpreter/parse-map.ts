import type { Json } from '../../resources/resource-provider.js';
import { type DefinitionFields, parseNext } from './definition-fields.js';
import type { MapState, StateGraph } from './definition.js';
import { isExpression } from './expression.js';
import { DISTRIBUTED_FIELDS, parseDistributed } from './parse-distributed-map.js';
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

/** What a Map state needs to know of its machine. */
interface MapMachine {
  readonly parseGraph: (fields: DefinitionFields) => StateGraph;
  /** Labels of the distributed Map states so far. */
  readonly labels: Set<string>;
}

/** @throws AwsError `InvalidDefinition` */
export function parseMap(
  name: string,
  fields: DefinitionFields,
  machine: MapMachine,
  anyState: readonly string[],
): MapState {
  for (const [old, now] of Object.entries(JSONPATH_FIELDS)) {
    if (fields.has(old)) throw fields.problem(`A JSONata state has "${now}" instead of "${old}"`, old);
  }
  const processor = processorOf(fields);
  const isDistributed = modeOf(processor) === 'DISTRIBUTED';
  fields.only(
    [...anyState, ...MAP_FIELDS, ...(isDistributed ? DISTRIBUTED_FIELDS : [])],
    isDistributed ? 'a distributed Map state' : 'an inline Map state',
  );
  return {
    type: 'Map',
    name,
    items: parseItems(fields),
    itemSelector: fields.has('ItemSelector') ? fields.template('ItemSelector') : undefined,
    maxConcurrency: fields.count('MaxConcurrency') ?? 0,
    processor: machine.parseGraph(processor),
    distributed: isDistributed ? parseDistributed(name, fields, machine.labels) : undefined,
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

function processorOf(fields: DefinitionFields): DefinitionFields {
  // `Iterator` is the name that `ItemProcessor` had before.
  if (fields.has('ItemProcessor') === fields.has('Iterator'))
    throw fields.problem('Expected "ItemProcessor"');
  const field = fields.has('Iterator') ? 'Iterator' : 'ItemProcessor';
  const processor = fields.object(field);
  const config = field === 'ItemProcessor' ? ['ProcessorConfig'] : [];
  processor.only(['Comment', 'StartAt', 'States', ...config], `the ${field} of a Map state`);
  return processor;
}

function modeOf(processor: DefinitionFields): 'INLINE' | 'DISTRIBUTED' {
  if (!processor.has('ProcessorConfig')) return 'INLINE';
  const config = processor.object('ProcessorConfig');
  const mode = config.has('Mode') ? config.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) : 'INLINE';
  if (mode === 'INLINE') {
    config.only(['Mode'], 'the ProcessorConfig of an inline Map state');
    return mode;
  }
  config.only(['Mode', 'ExecutionType'], 'the ProcessorConfig of a distributed Map state');
  if (config.get('ExecutionType') !== 'STANDARD') {
    throw config.problem('The local AWS runs STANDARD child executions only', 'ExecutionType');
  }
  return mode;
}
