import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

import { CAPACITY_UNAVAILABLE, FAILURES } from '../../contract/index.js';

/** Errors of the Lambda integration if a handler cannot be invoked or does not answer in time. */
const LAMBDA_TRANSIENTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/** Throttling and server errors that a handler's SDK throws. */
const HANDLER_TRANSIENTS = [
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
];

const DYNAMODB_TRANSIENTS = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'RequestLimitExceededException',
  'InternalServerErrorException',
  'InternalServerError',
  'SdkClientException',
  // Errors without an exception class in the SDK, such as an HTTP 503.
  'DynamoDbException',
].flatMap(bothDynamoDbSpellings);

const BACKOFF = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
} as const;

/** Errors that are never retried: a handler's refusals, and missing capacity, which has its own loop of states. */
const REFUSALS = [
  ...Object.entries(FAILURES).flatMap(([code, { seen }]) => (seen === 'caller' ? [] : [code])),
  CAPACITY_UNAVAILABLE,
];

/**
 * Retries of each kind of task. All calls are idempotent, so a call that timed out is retried, too. An unknown error, such
 * as that of a killed handler, is retried less often. EventBridge has no error that is known to be permanent, so every
 * error of `PutEvents` is retried.
 */
export const RETRIES: Readonly<
  Record<'handler' | 'record' | 'progressEvent' | 'finalEvent', readonly RetryProps[]>
> = {
  handler: [never(REFUSALS), often([...LAMBDA_TRANSIENTS, ...HANDLER_TRANSIENTS, Errors.TIMEOUT]), seldom()],
  record: [
    never(bothDynamoDbSpellings('ConditionalCheckFailedException')),
    often([...DYNAMODB_TRANSIENTS, Errors.TIMEOUT]),
    seldom(),
  ],
  // Few attempts, because the run waits for them.
  progressEvent: [seldom()],
  finalEvent: [often([Errors.ALL])],
};

/** Names of a failed condition. The optimized and the SDK integration of DynamoDB spell the service differently. */
export const CONDITION_FAILED = bothDynamoDbSpellings('ConditionalCheckFailedException');

function bothDynamoDbSpellings(error: string): string[] {
  return [`DynamoDB.${error}`, `DynamoDb.${error}`];
}

function never(errors: string[]): RetryProps {
  return { errors, maxAttempts: 0 };
}

function often(errors: string[]): RetryProps {
  return { ...BACKOFF, errors, maxAttempts: 8 };
}

function seldom(): RetryProps {
  return { ...BACKOFF, errors: [Errors.ALL], maxAttempts: 3 };
}
