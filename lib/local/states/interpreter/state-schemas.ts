import { z } from 'zod';

import {
  assigning,
  count,
  fields,
  isObject,
  number,
  orExpression,
  template,
  text,
  type Visible,
} from './definition-fields.js';
import { isExpression } from './expression.js';

const COMMENT = { Comment: z.unknown().optional() };
const SECONDS = { min: 1, max: 99_999_999 };

/**
 * Fields of JSONPath states, by type of state. The values are the fields that JSONata states have instead.
 */
const JSONPATH_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Map: {
    ItemsPath: 'Items',
    Parameters: 'ItemSelector',
    MaxConcurrencyPath: 'MaxConcurrency',
    ToleratedFailureCountPath: 'ToleratedFailureCount',
    ToleratedFailurePercentagePath: 'ToleratedFailurePercentage',
  },
};

/** Returns the schema of a type of state. @param kind names the state in errors, such as `a Task state` */
function state<Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  shape: Shape,
  kind = `a ${type} state`,
) {
  const any = { ...COMMENT, Type: z.literal(type), QueryLanguage: z.unknown().optional() };
  return fields(kind, { ...any, ...shape }, JSONPATH_FIELDS[type]);
}

/**
 * Returns the schema of a state with `Next` or `End`.
 * @param visible members of `$states` that its `Assign` and `Output` can use
 */
function step<Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  shape: Shape,
  visible: Visible = {},
  kind?: string,
) {
  const ways = { Next: z.string().optional(), End: z.boolean().optional() };
  return state(type, { ...shape, ...ways, ...assigning(visible) }, kind).refine(
    (read: { next?: string | undefined; end?: boolean | undefined }) =>
      (read.next !== undefined) !== (read.end === true),
    'Expected exactly one of "Next" and "End": true',
  );
}

/**
 * Returns whether a text is an RFC 3339 time with an upper-case T and, unless it has an offset, an upper-case Z.
 */
export function isTimestamp(time: string): boolean {
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
  return shape.test(time) && !Number.isNaN(Date.parse(time));
}

const timestamp = z.string().refine(isTimestamp, 'Expected an RFC 3339 time such as 2030-01-02T03:04:05Z');

const errorEquals = z.array(z.string()).min(1);

const retrier = fields('a Retrier', {
  ...COMMENT,
  ErrorEquals: errorEquals,
  IntervalSeconds: number(SECONDS).default(1),
  MaxAttempts: number({ min: 0, max: 99_999_999 }).default(3),
  BackoffRate: number({ min: 1, max: Number.MAX_VALUE, whole: false }).default(2),
  MaxDelaySeconds: number({ min: 1, max: 31_622_400 }).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL'], 'Expected "NONE" or "FULL"').default('NONE'),
}).refine(({ intervalSeconds, maxDelaySeconds = Infinity }) => maxDelaySeconds > intervalSeconds, {
  path: ['MaxDelaySeconds'],
  error: 'MaxDelaySeconds must be greater than IntervalSeconds',
});

const catcher = fields('a Catcher', {
  ...COMMENT,
  ErrorEquals: errorEquals,
  Next: z.string(),
  ...assigning({ errorOutput: true }),
});

/** Returns the schema of a list of Retriers or Catchers. */
function inOrder<Item extends z.ZodType<{ errorEquals: string[] }>>(item: Item) {
  const list = z.array(item).transform((items, context) => {
    for (const [index, { errorEquals: names }] of items.entries()) {
      if (names.includes('States.ALL') && (names.length > 1 || index < items.length - 1)) {
        const message = 'States.ALL must be the only name, in the last item';
        context.addIssue({ code: 'custom', message, path: [index, 'ErrorEquals'] });
      }
    }
    return items;
  });
  return list.prefault([]);
}

/** Fields that control what happens after a failed attempt of a state. */
const RETRYING = { Retry: inOrder(retrier), Catch: inOrder(catcher) };

const MAP = {
  /** The items. @default the state's input */
  Items: template()
    .refine(
      (items) => Array.isArray(items) || (typeof items === 'string' && isExpression(items)),
      'Expected an array or a JSONata expression',
    )
    .optional(),
  /** Input for the states of an item. @default the item */
  ItemSelector: template().optional(),
  ItemProcessor: z.unknown().optional(),
  /** Older name of `ItemProcessor`, which Step Functions still accepts. */
  Iterator: z.unknown().optional(),
  /**
   * Maximum number of items (or, in a distributed Map state, of child executions) that run at the same time. 0 means 40
   * in an inline Map state and 1,000 in a distributed one.
   */
  MaxConcurrency: count().prefault(0),
  ...RETRYING,
};

export const inlineMapSchema = step('Map', MAP, { result: true }, 'an inline Map state');

/**
 * Schema of a distributed Map state.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export const distributedMapSchema = step(
  'Map',
  {
    ...MAP,
    /** Label that is part of the ARNs of the state's map runs and child executions. */
    Label: z.string().optional(),
    /** Reads the items from S3. @default the items are those of the state's `Items` */
    ItemReader: z.unknown().optional(),
    ItemBatcher: z.unknown().optional(),
    ResultWriter: z.unknown().optional(),
    ToleratedFailureCount: count().optional(),
    ToleratedFailurePercentage: count({ min: 0, max: 100, whole: false }).optional(),
  },
  { result: true },
  'a distributed Map state',
);

/**
 * Members of a state graph. Its states are parsed later, because their names must be unique in the whole machine.
 */
export const GRAPH = {
  ...COMMENT,
  StartAt: z.string(),
  States: z.custom<Readonly<Record<string, unknown>>>(isObject, 'Expected an object'),
};
/** A state graph whose states are not parsed yet. */
export type ReadGraph = Pick<z.output<typeof branchSchema>, 'startAt' | 'states'>;

export const branchSchema = fields('a branch', GRAPH);

/** Schemas of all states except Map, by type. */
export const STATE_SCHEMAS = {
  Task: step(
    'Task',
    {
      Resource: z.string(),
      Arguments: template().optional(),
      TimeoutSeconds: count(SECONDS).optional(),
      /** Maximum seconds between two heartbeats of a task that waits for its token. */
      HeartbeatSeconds: count(SECONDS).optional(),
      ...RETRYING,
    },
    { result: true },
  ),
  /** `Arguments` are the input of each branch. @default the state's input */
  Parallel: step(
    'Parallel',
    { Branches: z.array(z.unknown()).min(1), Arguments: template().optional(), ...RETRYING },
    { result: true },
  ),
  Wait: step('Wait', {
    Seconds: count({ min: 0, max: 99_999_999 }).optional(),
    Timestamp: orExpression<string>(timestamp, true).optional(),
  }).refine(
    ({ seconds, timestamp: time }) => (seconds === undefined) !== (time === undefined),
    'Expected exactly one of "Seconds" and "Timestamp"',
  ),
  Choice: state('Choice', {
    Choices: z
      .array(
        fields('a rule of a Choice state', {
          ...COMMENT,
          Condition: orExpression<boolean>(z.boolean()),
          Next: z.string(),
          ...assigning(),
        }),
      )
      .min(1),
    Default: z.string().optional(),
    ...assigning(),
  }),
  Pass: step('Pass', {}),
  Succeed: state('Succeed', { Output: template().optional() }),
  Fail: state('Fail', { Error: text().optional(), Cause: text().optional() }),
};
