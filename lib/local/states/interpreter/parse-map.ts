import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { DistributedMap, MapState, StateGraph } from './definition.js';
import { fields, invalidDefinition, readFields } from './definition-fields.js';
import {
  batcherSchema,
  type ItemReader,
  readerSchema,
  READERS,
  writerSchema,
} from './distributed-map-schemas.js';
import { distributedMapSchema, GRAPH, inlineMapSchema, type ReadGraph } from './state-schemas.js';

/** The data of a machine with which its Map states are parsed. */
interface MapMachine {
  readonly parseGraph: (graph: ReadGraph, path: string) => StateGraph;
  /** Labels of the distributed Map states that have been parsed. */
  readonly labels: Set<string>;
}

const mode = z.enum(['INLINE', 'DISTRIBUTED']).default('INLINE');

const processorConfig = {
  INLINE: fields('the ProcessorConfig of an inline Map state', { Mode: mode }),
  DISTRIBUTED: fields('the ProcessorConfig of a distributed Map state', {
    Mode: mode,
    ExecutionType: z.literal('STANDARD', 'The local AWS runs STANDARD child executions only'),
  }),
};

const processorsSchema = z.looseObject({
  ItemProcessor: fields('the ItemProcessor of a Map state', {
    ...GRAPH,
    ProcessorConfig: z.looseObject({ Mode: mode }).prefault({}),
  }).optional(),
  /** Older name of `ItemProcessor`, which Step Functions still accepts. */
  Iterator: fields('the Iterator of a Map state', GRAPH).optional(),
});

/** Parses a Map state. @throws AwsError `InvalidDefinition` */
export function parseMap(name: string, value: unknown, path: string, machine: MapMachine): MapState {
  const { ItemProcessor, Iterator: graph = ItemProcessor } = readFields(processorsSchema, value, path);
  if (graph === undefined || (ItemProcessor !== undefined && graph !== ItemProcessor)) {
    throw invalidDefinition('Expected "ItemProcessor"', path);
  }
  const at = `${path}/${ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor'}`;
  const config = ItemProcessor?.processorConfig ?? { Mode: 'INLINE' };
  readFields(processorConfig[config.Mode], config, `${at}/ProcessorConfig`);
  if (config.Mode === 'INLINE') {
    const state = readFields(inlineMapSchema, value, path);
    return { ...state, name, processor: machine.parseGraph(graph, at) };
  }
  const state = readFields(distributedMapSchema, value, path);
  const processor = machine.parseGraph(graph, at);
  return { ...state, name, processor, distributed: parseDistributed(name, state, path, machine.labels) };
}

/** Parses the fields that only a distributed Map state has. */
function parseDistributed(
  name: string,
  state: z.output<typeof distributedMapSchema>,
  path: string,
  labels: Set<string>,
): DistributedMap {
  const { itemReader, itemBatcher, resultWriter } = state;
  if (itemReader !== undefined && state.items !== undefined) {
    throw invalidDefinition('Expected at most one of "Items" and "ItemReader"', path);
  }
  return {
    ...state,
    label: labelOf(name, state.label, `${path}/Label`, labels),
    reader: itemReader === undefined ? undefined : parseReader(itemReader, `${path}/ItemReader`),
    batcher: readFields(batcherSchema.optional(), itemBatcher, `${path}/ItemBatcher`),
    writer: readFields(writerSchema.optional(), resultWriter, `${path}/ResultWriter`),
  };
}

function parseReader(value: unknown, path: string): ItemReader {
  const { Resource } = readFields(readerSchema, value, path);
  return readFields<z.ZodType<ItemReader>>(READERS[Resource], value, path);
}

const LABEL_MAX_CHARACTERS = 40;
const REFUSED_IN_LABELS = /[\s<>{}[\]?*"#%\\^|~`$&,;:/]|\p{Cc}/gu;

function labelOf(name: string, label = generatedLabel(name), path: string, labels: Set<string>): string {
  if (label === '' || label.length > LABEL_MAX_CHARACTERS || label.search(REFUSED_IN_LABELS) !== -1) {
    throw invalidDefinition(
      `Expected 1 to ${LABEL_MAX_CHARACTERS} characters without whitespace, brackets and special characters`,
      path,
    );
  }
  if (labels.has(label)) throw invalidDefinition(`There are two Map states with the label "${label}"`, path);
  labels.add(label);
  return label;
}

/**
 * Returns the name of a state if it is a valid label. Otherwise returns its valid characters and a hash of the name.
 */
function generatedLabel(name: string): string {
  const usable = name.replace(REFUSED_IN_LABELS, '');
  if (usable === name && name.length <= LABEL_MAX_CHARACTERS) return name;
  return `${usable.slice(0, 31)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
