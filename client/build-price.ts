/** Estimates what AWS charges for builds, for the command line and the console's pages. */
import type { RunRecord } from '../lib/contract/index.js';
import { LOCAL_ACCOUNT } from './local-account.js';

/** Region whose prices are used, without free tier and discounts. Prices of most regions are similar. */
export const PRICE_REGION = 'us-east-1';

/** When the prices were read. */
export const PRICES_READ_IN = 'November 2026';

/**
 * USD for a minute of a build on Linux in us-east-1. Other compute has no entry, and no estimate.
 * @see https://aws.amazon.com/codebuild/pricing/
 */
export const BUILD_MINUTE_USD = {
  BUILD_GENERAL1_SMALL: 0.005,
  BUILD_GENERAL1_MEDIUM: 0.01,
  BUILD_GENERAL1_LARGE: 0.02,
} as const;

/** Environment type to which the prices apply. */
const PRICED_ENVIRONMENT = 'LINUX_CONTAINER';

/** Partition of AWS to whose regions the prices apply. Others have their own prices, or another currency. */
const PRICED_PARTITION = 'aws';

type PricedRecord = Pick<
  RunRecord,
  'computeType' | 'environmentType' | 'executionArn' | 'startedAt' | 'finishedAt'
>;

/** About what the build of a run costs, or a sentence that says why there is no estimate. */
export type BuildPrice =
  | {
      readonly usd: number;
      /** Minutes that AWS charges: each that has started. */
      readonly minutes: number;
      readonly usdPerMinute: number;
      /** Region of the build. The price is that of us-east-1, whatever the region. */
      readonly region: string;
    }
  | { readonly reason: string };

/** Returns about what the build of a run costs: its started minutes at the price of us-east-1. */
export function priceOfBuild(record: PricedRecord): BuildPrice {
  const { computeType, environmentType, startedAt, finishedAt } = record;
  const [, , , region = ''] = record.executionArn.split(':');
  const reason = unpricedReason(record.executionArn);
  if (reason !== undefined) return { reason };
  if (startedAt === undefined) return { reason: 'No build was started.' };
  if (finishedAt === undefined) return { reason: 'The run has not ended.' };
  if (computeType === undefined)
    return { reason: 'The record has no compute type: builds on a reserved fleet have no price per minute.' };
  const usdPerMinute = new Map<string, number>(Object.entries(BUILD_MINUTE_USD)).get(computeType);
  if (usdPerMinute === undefined || environmentType !== PRICED_ENVIRONMENT)
    return { reason: `The price of ${computeType} with ${environmentType} is not known.` };
  const minutes = Math.max(1, Math.ceil((Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000));
  return { usd: minutes * usdPerMinute, minutes, usdPerMinute, region };
}

/**
 * Returns why what is in the account and region of an ARN has no price here.
 * @returns undefined if the prices apply
 */
export function unpricedReason(arn: string): string | undefined {
  const [, partition, , region, account] = arn.split(':');
  if (account === LOCAL_ACCOUNT) return 'A local AWS charges nothing.';
  return partition === PRICED_PARTITION ? undefined : `Prices of the region ${region} are not known.`;
}

/** Returns an amount with up to three digits after the point: `0.005 USD`. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.0005 ? 'less than 0.001 USD' : `${Number(usd.toFixed(3))} USD`;
}
