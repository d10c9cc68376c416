import type { Clock } from '../clock.js';
import { LocalAwsError } from '../local-aws-error.js';
import { CONCURRENT_INVOCATIONS, REQUEST_RATES, type RequestRate } from './request-rates.js';
import { throttlingError } from './throttling-error.js';
import { type Rate, TokenBucket } from './token-bucket.js';

/**
 * Request rates of a local AWS: `none`, those that AWS documents for an account, or those of an account that was just
 * created.
 */
export type QuotasOption = 'none' | 'aws' | 'aws-new-account';
export const QUOTAS_OPTIONS: readonly QuotasOption[] = ['none', 'aws', 'aws-new-account'];

/** Parses the option `quotas`. @throws LocalAwsError `InvalidRequest` for an unknown value */
export function parseQuotas(value: string): QuotasOption {
  const option = QUOTAS_OPTIONS.find((each) => each === value);
  if (option !== undefined) return option;
  throw new LocalAwsError(
    'InvalidRequest',
    `${JSON.stringify(value)} is not a value of quotas: use ${QUOTAS_OPTIONS.join(', ')}.`,
  );
}

/** A call that a quota may limit. */
export interface LimitedCall {
  /** The service's name in signatures, such as `states`. */
  readonly service: string;
  /** The operation's name in the table of request rates. */
  readonly operation: string;
  /** The S3 bucket or DynamoDB table of the call, for rates per bucket or table. */
  readonly resource?: string | undefined;
  /** Tokens that the call costs. @default 1 */
  readonly tokens?: number;
}

/** The quotas of an account in a region. All callers share them. */
export interface Quotas {
  /** Counts a call. @throws AwsError the service's throttling error when the rate is exceeded */
  take(call: LimitedCall): void;
  /**
   * Counts a call that is delayed instead of refused, or whose number of tokens is known only after it.
   * @returns milliseconds to wait
   */
  reserve(call: LimitedCall): number;
  /** Maximum number of invocations that may run at the same time. */
  readonly concurrentInvocations: number;
}

export const NO_QUOTAS: Quotas = { take: () => {}, reserve: () => 0, concurrentInvocations: Infinity };

/** Returns the quotas of an account in a region. All token buckets start full. */
export function createQuotas(
  option: QuotasOption,
  { region, clock }: { readonly region: string; readonly clock: Pick<Clock, 'now'> },
): Quotas {
  if (option === 'none') return NO_QUOTAS;
  const isNew = option === 'aws-new-account';
  const buckets = new Map<string, TokenBucket>();
  const bucketOf = (call: LimitedCall): TokenBucket | undefined => {
    const row = rowOf(call);
    if (row === undefined) return undefined;
    const name = bucketName(row, call);
    const bucket = buckets.get(name) ?? new TokenBucket(rateOf(row, region, isNew), clock.now());
    buckets.set(name, bucket);
    return bucket;
  };
  return {
    take(call) {
      if (bucketOf(call)?.take(clock.now(), call.tokens) === false) throw throttlingError(call.service);
    },
    reserve: (call) => bucketOf(call)?.reserve(clock.now(), call.tokens) ?? 0,
    concurrentInvocations: isNew ? CONCURRENT_INVOCATIONS.newAccount : CONCURRENT_INVOCATIONS.aws,
  };
}

/** Returns the rate of a table row in a region. */
export function rateOf({ rate, regions = {}, newAccount }: RequestRate, region: string, isNew = false): Rate {
  if (isNew && newAccount !== undefined) return newAccount;
  return (Object.hasOwn(regions, region) ? regions[region] : undefined) ?? rate;
}

const ROWS = new Map(
  REQUEST_RATES.flatMap((row) =>
    row.operations.map((operation) => [`${row.service}:${operation}`, row] as const),
  ),
);

function rowOf({ service, operation }: LimitedCall): RequestRate | undefined {
  return ROWS.get(`${service}:${operation}`) ?? ROWS.get(`${service}:*`);
}

function bucketName({ shared, operations, per }: RequestRate, call: LimitedCall): string {
  const isOwn = shared !== true && operations.includes(call.operation);
  const operation = isOwn ? call.operation : operations.join();
  const resource = per === undefined ? '' : (call.resource ?? '');
  return `${call.service}:${operation}:${resource}`;
}
