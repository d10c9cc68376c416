import { REQUEST_RATES, type RequestRate } from '../../../lib/local/quotas/request-rates.js';
import type { Rate } from '../../../lib/local/quotas/token-bucket.js';

/** Returns the expected rows of the page's table, from the table in the code. */
export function rateTable(): string[] {
  return REQUEST_RATES.map(
    (row) =>
      `| ${[row.service, operationsOf(row), otherRegions(row), someRegions(row), row.source].join(' | ')} |`,
  );
}

function operationsOf({ operations, shared, per }: RequestRate): string {
  const names = operations.map((name) => (name === '*' ? 'all others' : name)).join(', ');
  const bucket = shared === true || operations.includes('*') ? ', together' : '';
  return `${names}${operations.length > 1 || operations.includes('*') ? bucket : ''}${per === undefined ? '' : `, for each ${per}`}`;
}

function otherRegions({ rate, newAccount }: RequestRate): string {
  return newAccount === undefined ? text(rate) : `${text(rate)}; new account: ${text(newAccount)}`;
}

function someRegions({ regions = {} }: RequestRate): string {
  const byRate = new Map<string, string[]>();
  for (const [region, rate] of Object.entries(regions)) {
    byRate.set(text(rate), [...(byRate.get(text(rate)) ?? []), region]);
  }
  return [...byRate].map(([rate, names]) => `${rate}: ${names.join(', ')}`).join('; ');
}

function text({ bucket, perSecond }: Rate): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return bucket === perSecond ? `${number(bucket)}/s` : `${number(bucket)}, then ${number(perSecond)}/s`;
}
