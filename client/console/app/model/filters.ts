/** Filters of the list of runs, and their form in the address of a page, such as `?status=FAILED`. */
import type { RunStatus, Trigger } from '../../../../lib/contract/index.js';

export const STATUSES = [
  'QUEUED',
  'BUILDING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'CANCELED',
] as const satisfies readonly RunStatus[];

export const TRIGGERS = [
  'CLIENT',
  'EVENT',
  'SCHEDULE',
  'INBOX',
  'TARGET',
] as const satisfies readonly Trigger[];

/** Names of the filters, which are also the parameters of the address and of the API. */
export const FILTER_NAMES = ['status', 'target', 'label', 'lock', 'trigger', 'map', 'day'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** Reads the filters of an address. */
export function filtersOf(search: string): Filters {
  const params = new URLSearchParams(search);
  return Object.fromEntries(
    FILTER_NAMES.flatMap((name) => {
      const value = params.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
}

/** Returns the address's part for filters: empty, or beginning with `?`. */
export function searchOf(filters: Filters, more: Readonly<Record<string, string>> = {}): string {
  const params = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value !== undefined && value !== '') params.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) params.set(name, value);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Returns what is wrong with the value of a filter, to show at its field; undefined if nothing is. */
export function faultOfFilter(name: FilterName, value: string | undefined): string | undefined {
  const isFault = name === 'label' && value !== undefined && !/^[^=]+=/.test(value);
  return isFault ? 'A label is NAME=VALUE, such as stage=prod.' : undefined;
}

/** Returns what is wrong with the first filter that cannot be read. */
export function faultOfFilters(filters: Filters): string | undefined {
  return FILTER_NAMES.map((name) => faultOfFilter(name, filters[name])).find((fault) => fault !== undefined);
}

/** Returns what to say when no runs match the filters. */
export function noMatchText({ target }: Filters): string {
  const text = 'No runs of the last 30 days match the filters.';
  return target === undefined ? text : `${text} A target is its whole text, such as src/deploy.ts#network.`;
}
