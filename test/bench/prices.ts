import { BUILD_MINUTE_USD } from '../../client/build-price.js';

/** A price of AWS in us-east-1, in USD. */
interface Price {
  readonly usd: number;
  /** The unit that has this price. */
  readonly unit: string;
  readonly source: string;
}

const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const S3 = 'https://aws.amazon.com/s3/pricing/';

/** Prices without free tiers and discounts, read in November 2026. */
export const PRICES = {
  transition: {
    usd: 0.025 / 1_000,
    unit: 'state transition',
    source: 'https://aws.amazon.com/step-functions/pricing/',
  },
  invocation: { usd: 0.2 / 1_000_000, unit: 'invocation', source: LAMBDA },
  gigabyteSecond: { usd: 0.0000133334, unit: 'GB-second of an ARM function', source: LAMBDA },
  writeUnit: { usd: 0.625 / 1_000_000, unit: 'write of up to 1 KB, also to an index', source: DYNAMODB },
  readUnit: { usd: 0.125 / 1_000_000, unit: 'consistent read of up to 4 KB', source: DYNAMODB },
  put: { usd: 0.005 / 1_000, unit: 'PUT, COPY or LIST', source: S3 },
  get: { usd: 0.0004 / 1_000, unit: 'GET or HEAD', source: S3 },
  event: {
    usd: 1 / 1_000_000,
    unit: 'event that is not of an AWS service',
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  buildMinute: {
    usd: BUILD_MINUTE_USD.BUILD_GENERAL1_SMALL,
    unit: 'minute of a build on general1.small',
    source: 'https://aws.amazon.com/codebuild/pricing/',
  },
} as const satisfies Record<string, Price>;
