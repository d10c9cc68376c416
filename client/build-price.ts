/** Estimates what AWS charges for builds. */
import type { RunRecord } from '../lib/contract/index.js';

/**
 * USD for a minute of a build on Linux in us-east-1, without free tier and discounts, read in November 2026. Other
 * compute has no entry, and no estimate.
 * @see https://aws.amazon.com/codebuild/pricing/
 */
export const BUILD_MINUTE_USD = {
  BUILD_GENERAL1_SMALL: 0.005,
  BUILD_GENERAL1_MEDIUM: 0.01,
  BUILD_GENERAL1_LARGE: 0.02,
} as const;

/** Environment type to which the prices apply. */
const PRICED_ENVIRONMENT = 'LINUX_CONTAINER';

/** An execution in the commercial regions of AWS, with the number of its account. */
const EXECUTION = /^arn:aws:states:[^:]*:(\d+):/;

/** Account of a local AWS, which charges nothing. */
const LOCAL_ACCOUNT = '000000000000';

type PricedRecord = Pick<
  RunRecord,
  'computeType' | 'environmentType' | 'executionArn' | 'startedAt' | 'finishedAt'
>;

/**
 * Returns about what the build of a run that has ended costs, in USD: its started minutes at the price of us-east-1.
 * @returns undefined if the price is not known, and for a run without a build or in a local AWS
 */
export function estimateBuildUsd(record: PricedRecord): number | undefined {
  const { computeType = '', environmentType, executionArn, startedAt, finishedAt } = record;
  const [, account = LOCAL_ACCOUNT] = EXECUTION.exec(executionArn) ?? [];
  const usdPerMinute = new Map<string, number>(Object.entries(BUILD_MINUTE_USD)).get(computeType);
  if (account === LOCAL_ACCOUNT || environmentType !== PRICED_ENVIRONMENT || usdPerMinute === undefined)
    return undefined;
  if (startedAt === undefined || finishedAt === undefined) return undefined;
  const minutes = Math.ceil((Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000);
  return Math.max(1, minutes) * usdPerMinute;
}
