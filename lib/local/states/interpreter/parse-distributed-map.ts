import { createHash } from 'node:crypto';

import type { DefinitionFields } from './definition-fields.js';
import type { DistributedMap, ItemBatcher, ItemReader, ItemSource, ResultWriter } from './definition.js';
import { PAYLOAD_MAX_BYTES } from './state-error.js';

export const DISTRIBUTED_FIELDS = [
  'Label',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
];

/**
 * Reads the fields that only a distributed Map state has.
 * @throws AwsError `InvalidDefinition`
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function parseDistributed(
  name: string,
  fields: DefinitionFields,
  labels: Set<string>,
): DistributedMap {
  if (fields.has('ItemReader') && fields.has('Items')) {
    throw fields.problem('Expected at most one of "Items" and "ItemReader"');
  }
  return {
    label: parseLabel(name, fields, labels),
    reader: fields.has('ItemReader') ? parseReader(fields.object('ItemReader')) : undefined,
    batcher: fields.has('ItemBatcher') ? parseBatcher(fields.object('ItemBatcher')) : undefined,
    writer: fields.has('ResultWriter') ? parseWriter(fields.object('ResultWriter')) : undefined,
    toleratedFailureCount: fields.count('ToleratedFailureCount'),
    toleratedFailurePercentage:
      typeof fields.get('ToleratedFailurePercentage') === 'string'
        ? fields.expression('ToleratedFailurePercentage')
        : fields.number('ToleratedFailurePercentage', { min: 0, max: 100, whole: false }),
  };
}

const LABEL_MAX_CHARACTERS = 40;
const REFUSED_IN_LABELS = /[\s<>{}[\]?*"#%\\^|~`$&,;:/]|\p{Cc}/gu;

function parseLabel(name: string, fields: DefinitionFields, labels: Set<string>): string {
  const label = fields.has('Label') ? fields.string('Label') : generatedLabel(name);
  if (label === '' || label.length > LABEL_MAX_CHARACTERS || label.search(REFUSED_IN_LABELS) !== -1) {
    throw fields.problem(
      `Expected 1 to ${LABEL_MAX_CHARACTERS} characters without whitespace, brackets and special characters`,
      'Label',
    );
  }
  if (labels.has(label)) throw fields.problem(`There are two Map states with the label "${label}"`, 'Label');
  labels.add(label);
  return label;
}

/** Returns the state's name where it can be a label, else its usable part with a hash of the name. */
function generatedLabel(name: string): string {
  const usable = name.replace(REFUSED_IN_LABELS, '');
  if (usable === name && name.length <= LABEL_MAX_CHARACTERS) return name;
  return `${usable.slice(0, 31)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
function parseReader(fields: DefinitionFields): ItemReader {
  fields.only(['Resource', 'Arguments', 'ReaderConfig'], 'an ItemReader');
  const resource = resourceOf(fields, ['s3:getObject', 's3:listObjectsV2']);
  const config = fields.has('ReaderConfig') ? fields.object('ReaderConfig') : undefined;
  return {
    source: resource === 's3:listObjectsV2' ? listSource(config) : fileSource(fields, config),
    arguments: parseArguments(fields, ['Bucket', resource === 's3:getObject' ? 'Key' : 'Prefix']),
    maxItems: config?.count('MaxItems', { min: 1, max: 100_000_000 }),
  };
}

function listSource(config: DefinitionFields | undefined): ItemSource {
  config?.only(['MaxItems'], 'the ReaderConfig of s3:listObjectsV2');
  return { type: 'objects' };
}

const CSV_FIELDS = ['CSVHeaderLocation', 'CSVHeaders', 'CSVDelimiter'];
const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;
const DELIMITER_NAMES = ['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB'] as const;

function fileSource(reader: DefinitionFields, config: DefinitionFields | undefined): ItemSource {
  if (config === undefined) throw reader.problem('Expected "ReaderConfig" with "InputType"');
  const type = config.oneOf('InputType', ['JSON', 'JSONL', 'CSV']);
  const own = type === 'CSV' ? CSV_FIELDS : [];
  config.only(['InputType', 'MaxItems', ...own], `the ReaderConfig of a ${type} file`);
  if (type !== 'CSV') return { type };
  const isGiven = config.oneOf('CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']) === 'GIVEN';
  if (!isGiven && config.has('CSVHeaders')) {
    throw config.problem('"CSVHeaders" needs the "CSVHeaderLocation" GIVEN', 'CSVHeaders');
  }
  return {
    type,
    delimiter:
      DELIMITERS[config.has('CSVDelimiter') ? config.oneOf('CSVDelimiter', DELIMITER_NAMES) : 'COMMA'],
    headers: isGiven ? config.strings('CSVHeaders') : undefined,
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html */
function parseBatcher(fields: DefinitionFields): ItemBatcher {
  fields.only(['MaxItemsPerBatch', 'MaxInputBytesPerBatch', 'BatchInput'], 'an ItemBatcher');
  if (!fields.has('MaxItemsPerBatch') && !fields.has('MaxInputBytesPerBatch')) {
    throw fields.problem('Expected "MaxItemsPerBatch" or "MaxInputBytesPerBatch"');
  }
  return {
    maxItems: fields.count('MaxItemsPerBatch', { min: 1, max: 100_000_000 }),
    maxInputBytes: fields.count('MaxInputBytesPerBatch', { min: 1, max: PAYLOAD_MAX_BYTES }),
    batchInput: fields.has('BatchInput') ? fields.template('BatchInput') : undefined,
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html */
function parseWriter(fields: DefinitionFields): ResultWriter {
  fields.only(['Resource', 'Arguments', 'WriterConfig'], 'a ResultWriter');
  const isWritten = fields.has('Resource') || fields.has('Arguments');
  if (!isWritten && !fields.has('WriterConfig')) {
    throw fields.problem('Expected "Resource" and "Arguments", "WriterConfig", or all three');
  }
  if (isWritten) resourceOf(fields, ['s3:putObject']);
  return {
    arguments: isWritten ? parseArguments(fields, ['Bucket', 'Prefix']) : undefined,
    ...parseWriterConfig(fields, isWritten),
  };
}

function parseWriterConfig(
  fields: DefinitionFields,
  isWritten: boolean,
): Pick<ResultWriter, 'transformation' | 'outputType'> {
  if (!fields.has('WriterConfig')) return { transformation: 'NONE', outputType: 'JSON' };
  const config = fields.object('WriterConfig');
  config.only(['Transformation', 'OutputType'], 'a WriterConfig');
  const outputType = config.oneOf('OutputType', ['JSON', 'JSONL']);
  if (outputType === 'JSONL' && !isWritten) {
    throw config.problem('JSONL is supported only for results that are written to S3', 'OutputType');
  }
  return { transformation: config.oneOf('Transformation', ['NONE', 'COMPACT', 'FLATTEN']), outputType };
}

function resourceOf<T extends string>(fields: DefinitionFields, known: readonly T[]): T {
  const resource = fields.string('Resource');
  const found = known.find((name) => new RegExp(`^arn:[a-z-]+:states:::${name}$`).test(resource));
  if (found !== undefined) return found;
  throw fields.problem(
    `The resource ${JSON.stringify(resource)} is not supported; the local AWS has ${known.join(', ')}`,
    'Resource',
  );
}

/** Reads `Arguments`, whose members are checked if they are not an expression. */
function parseArguments(fields: DefinitionFields, members: readonly string[]): ItemReader['arguments'] {
  const template = fields.template('Arguments');
  if (typeof template === 'string') return fields.expression('Arguments');
  const literal = fields.object('Arguments');
  literal.only(members, 'these Arguments');
  for (const member of members) {
    if (member !== 'Prefix') literal.string(member);
  }
  return template;
}
