import { z } from 'zod';

import type { Json } from '../../resources/resource-provider.js';
import { count, fields, orExpression, template, text } from './definition-fields.js';
import { PAYLOAD_MAX_BYTES } from './state-error.js';

const SOME = { min: 1, max: 100_000_000 };

/** Schema of a `Resource`: the ARN of one of the given S3 operations. */
function resource<Name extends string>(...known: readonly Name[]) {
  return z.string().transform((arn, context) => {
    const found = known.find((name) => new RegExp(`^arn:[a-z-]+:states:::${name}$`).test(arn));
    if (found !== undefined) return found;
    const problem = `The resource ${JSON.stringify(arn)} is not supported`;
    context.addIssue(`${problem}; the local AWS has ${known.join(', ')}`);
    return z.NEVER;
  });
}

/** Schema of `Arguments`. If it is an object, its members are checked; it may also be an expression. */
function location(members: z.ZodRawShape) {
  return orExpression<Json>(fields('these Arguments', { Bucket: text(), ...members }));
}

function fileConfig<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  const any = { InputType: z.literal(type), MaxItems: count(SOME).optional() };
  return fields(`the ReaderConfig of a ${type} file`, { ...any, ...shape });
}

const jsonConfig = (type: 'JSON' | 'JSONL') =>
  fileConfig(type, {}).transform(({ maxItems }) => ({ maxItems, source: { type } }));

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' } as const;

const csvConfig = fileConfig('CSV', {
  CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']),
  CSVHeaders: z.array(z.string()).min(1).optional(),
  CSVDelimiter: z.enum(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']).default('COMMA'),
})
  .superRefine(({ cSVHeaderLocation, cSVHeaders: headers }, context) => {
    if ((cSVHeaderLocation === 'GIVEN') === (headers !== undefined)) return;
    const message =
      headers === undefined
        ? 'Expected an array with at least one item'
        : '"CSVHeaders" needs the "CSVHeaderLocation" GIVEN';
    context.addIssue({ code: 'custom', message, path: ['CSVHeaders'] });
  })
  .transform(({ maxItems, cSVDelimiter, cSVHeaders: headers }) => ({
    maxItems,
    source: { type: 'CSV' as const, delimiter: DELIMITERS[cSVDelimiter], headers },
  }));

const fileConfigs = z.discriminatedUnion('InputType', [jsonConfig('JSON'), jsonConfig('JSONL'), csvConfig], {
  error: ({ input }) =>
    input === undefined ? 'Expected "ReaderConfig" with "InputType"' : 'Expected one of JSON, JSONL, CSV',
});

const listConfig = fields('the ReaderConfig of s3:listObjectsV2', { MaxItems: count(SOME).optional() });

/** Schema of the field that selects one of the schemas in {@link READERS}. */
export const readerSchema = z.looseObject({ Resource: resource('s3:getObject', 's3:listObjectsV2') });

/**
 * Schemas of an ItemReader by its `Resource`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
export const READERS = {
  's3:getObject': fields('an ItemReader', {
    Resource: z.string(),
    Arguments: location({ Key: text() }),
    ReaderConfig: fileConfigs,
  }).transform(({ arguments: args, readerConfig }) => ({ arguments: args, ...readerConfig })),
  's3:listObjectsV2': fields('an ItemReader', {
    Resource: z.string(),
    Arguments: location({ Prefix: template().optional() }),
    ReaderConfig: listConfig.optional(),
  }).transform(({ arguments: args, readerConfig }) => {
    return { arguments: args, source: { type: 'objects' as const }, maxItems: readerConfig?.maxItems };
  }),
};
/** The source of the items of a distributed Map state. */
export type ItemReader = z.output<(typeof READERS)[keyof typeof READERS]>;
export type ItemSource = ItemReader['source'];

/**
 * Schema of an ItemBatcher. Each batch is the input of one child execution. At least one limit must be set.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export const batcherSchema = fields('an ItemBatcher', {
  MaxItemsPerBatch: count(SOME).optional(),
  MaxInputBytesPerBatch: count({ min: 1, max: PAYLOAD_MAX_BYTES }).optional(),
  BatchInput: template().optional(),
}).refine(
  ({ maxItemsPerBatch, maxInputBytesPerBatch }) =>
    maxItemsPerBatch !== undefined || maxInputBytesPerBatch !== undefined,
  'Expected "MaxItemsPerBatch" or "MaxInputBytesPerBatch"',
);
export type ItemBatcher = z.output<typeof batcherSchema>;

const writerConfig = fields('a WriterConfig', {
  /**
   * Form of the result of a successful child execution: its description (NONE), its output (COMPACT), or the elements
   * of its output (FLATTEN).
   */
  Transformation: z.enum(['NONE', 'COMPACT', 'FLATTEN']),
  OutputType: z.enum(['JSON', 'JSONL']),
});

/**
 * Schema of a ResultWriter. It transforms the results of child executions, and writes them to S3 if it has `Resource`
 * and `Arguments`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export const writerSchema = fields('a ResultWriter', {
  Resource: resource('s3:putObject').optional(),
  Arguments: location({ Prefix: template().optional() }).optional(),
  WriterConfig: writerConfig.optional(),
})
  .refine(
    ({ resource: api, arguments: args, writerConfig: config }) =>
      (api === undefined) === (args === undefined) && (args !== undefined || config !== undefined),
    'Expected "Resource" and "Arguments", "WriterConfig", or all three',
  )
  .refine(
    ({ arguments: args, writerConfig: config }) => args !== undefined || config?.outputType !== 'JSONL',
    {
      path: ['WriterConfig', 'OutputType'],
      error: 'JSONL is supported only for results that are written to S3',
    },
  )
  .transform(({ arguments: args, writerConfig: config = { transformation: 'NONE', outputType: 'JSON' } }) => {
    return { arguments: args, ...config };
  });
export type ResultWriter = z.output<typeof writerSchema>;
