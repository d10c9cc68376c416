/** Filters of the rules on state changes of runs and maps. */
import { z } from 'zod';

import { LABEL_MAX_CHARACTERS, RUN_TARGET_MAX_CHARACTERS } from './limits.js';
import { lockNameSchema } from './lock.js';
import { MAP_STATUSES } from './maps/map-record.js';
import { parseWith } from './parse.js';
import { RUN_STATUSES } from './run-record.js';

/**
 * Accepted values by filter. An event matches if it has one of the values of each filter, and for labels, of each
 * label.
 */
export interface StateChangeFilters {
  readonly status?: readonly string[] | undefined;
  readonly runTarget?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly lock?: readonly string[] | undefined;
}

/** What the filters select, and which of their texts are not known yet. */
export interface FilterContext {
  readonly of: 'runs' | 'maps';
  /** Name of the filters in errors, such as `filter of the rule "x" on runs`. */
  readonly subject: string;
  /** Returns whether a text is known only at deployment, such as a CDK token, and is therefore not checked. */
  readonly isUnknown: (text: string) => boolean;
}

/**
 * Parses filters, each of which is a value or a list of values.
 * @throws CodeseederError `InvalidRequest` for a filter that no event can match, with its value
 */
export function parseStateChangeFilters(
  value: unknown,
  { of, subject, isUnknown }: FilterContext,
): StateChangeFilters {
  const schema = filtersOf(of === 'runs' ? RUN_STATUSES : MAP_STATUSES, isUnknown);
  return parseWith(of === 'runs' ? schema : schema.omit({ labels: true, lock: true }), value, subject);
}

function filtersOf(statuses: readonly [string, ...string[]], isUnknown: FilterContext['isUnknown']) {
  const checked = (schema: z.ZodType<string>) =>
    z.string().superRefine((text, context) => {
      if (!isUnknown(text)) check(text, schema, context);
    });
  return z.strictObject({
    status: values(checked(z.enum(statuses))).optional(),
    runTarget: values(checked(z.string().min(1).max(RUN_TARGET_MAX_CHARACTERS))).optional(),
    labels: z
      .record(z.string(), values(checked(z.string().max(LABEL_MAX_CHARACTERS))))
      .superRefine((labels, context) => {
        for (const name of Object.keys(labels)) if (!isUnknown(name)) check(name, labelName, context);
      })
      .refine((labels) => Object.keys(labels).length > 0, 'no label; leave labels out to match any')
      .optional(),
    lock: values(checked(lockNameSchema)).optional(),
  });
}

const labelName = z
  .string()
  .min(1)
  .max(LABEL_MAX_CHARACTERS)
  .refine((name) => name !== '$or', 'EventBridge reads $or in a pattern as an operator; use another label');

function values(value: z.ZodType<string>) {
  return z.preprocess(
    (input) => (Array.isArray(input) ? (input as unknown) : [input]),
    z.array(value).min(1, 'an empty list matches nothing; leave it out to match any'),
  );
}

/** Reports the faults of a text, with the text. */
function check(text: string, schema: z.ZodType<string>, context: z.RefinementCtx): void {
  for (const { message } of schema.safeParse(text).error?.issues ?? []) {
    context.addIssue({ code: 'custom', message: `${JSON.stringify(text)}: ${message}` });
  }
}
