import { z } from 'zod';

import { parseWith, RUN_STATUSES, TRIGGERS } from '../../../lib/contract/index.js';
import type { RunFilters } from '../../call-option-types.js';

const DAY_MS = 86_400_000;
const LIMIT = { default: 50, max: 200 } as const;
/** Number of runs of which one request may ask for the records. @see BatchGetItem reads up to 100 */
const IDS_MAX = 100;

const text = z.string().min(1).max(2_048);

const querySchema = z.strictObject({
  status: z.enum(RUN_STATUSES).optional(),
  target: text.optional(),
  label: z.array(text.regex(/^[^=]+=/, 'a label is NAME=VALUE')).optional(),
  trigger: z.enum(TRIGGERS).optional(),
  lock: text.optional(),
  map: text.optional(),
  day: z.iso.date().optional(),
  after: text.optional(),
  since: z.iso.datetime().optional(),
  ids: z
    .string()
    .transform((ids) => ids.split(',').filter((id) => id !== ''))
    .pipe(z.array(text).max(IDS_MAX))
    .optional(),
  limit: z.coerce.number().int().min(1).max(LIMIT.max).default(LIMIT.default),
});

/** Parameters of a list of runs. */
export interface ListQuery {
  readonly filters: RunFilters;
  readonly limit: number;
  readonly ids: readonly string[];
}

/** Reads the parameters of a list of runs. @throws CodeseederError `InvalidRequest` */
export function parseListQuery(params: URLSearchParams): ListQuery {
  const labels = params.getAll('label');
  const single = Object.fromEntries([...params].filter(([name]) => name !== 'label'));
  const query = parseWith(querySchema, { ...single, label: labels }, 'query');
  const { status, target, trigger, lock, map, after, since, day, limit, ids = [] } = query;
  const filters: RunFilters = {
    status,
    target,
    trigger,
    lock,
    map,
    after,
    labels: Object.fromEntries((query.label ?? []).map(splitLabel)),
    since: since === undefined ? startOf(day) : new Date(since),
    until: day === undefined ? undefined : endOf(day),
  };
  return { filters, limit, ids };
}

function splitLabel(label: string): [name: string, value: string] {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
}

function startOf(day: string | undefined): Date | undefined {
  return day === undefined ? undefined : new Date(`${day}T00:00:00Z`);
}

function endOf(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS - 1);
}
