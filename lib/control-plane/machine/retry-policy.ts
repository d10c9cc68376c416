import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

import { BUILD_NOT_ENDED, CAPACITY_UNAVAILABLE, FAILURES, LOCK_AWAITED } from '../../contract/index.js';

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

/** Failure codes of handlers, which end a run. */
export const REFUSALS: readonly string[] = Object.entries(FAILURES).flatMap(([code, { seen }]) =>
  seen === 'caller' ? [] : [code],
);

/** Errors that are never retried: failure codes of handlers, and the errors that loops of states handle. */
const NEVER_RETRIED = [...REFUSALS, CAPACITY_UNAVAILABLE, LOCK_AWAITED, BUILD_NOT_ENDED];

const HANDLER_UNREACHED = [...LAMBDA_TRANSIENTS, ...HANDLER_TRANSIENTS];

/**
 * Retries of each kind of task. All calls are idempotent, so a call that timed out is retried, too. An unknown error,
 * such as that of a killed handler, is retried less often. EventBridge has no error that is known to be permanent, so
 * every error of `PutEvents` is retried.
 */
export const RETRIES: Readonly<
  Record<
    'handler' | 'look' | 'lock' | 'wait' | 'record' | 'progressEvent' | 'finalEvent' | 'stop',
    readonly RetryProps[]
  >
> = {
  handler: [never(NEVER_RETRIED), often([...HANDLER_UNREACHED, Errors.TIMEOUT]), seldom()],
  // Retried for hours, because a build continues while it cannot be checked, but not beyond its own timeout.
  look: [never(NEVER_RETRIED), persistently([...HANDLER_UNREACHED, Errors.TIMEOUT]), seldom()],
  // A timeout means that the run has reached its queue deadline, so it is not retried.
  lock: [never([...NEVER_RETRIED, Errors.TIMEOUT]), persistently(HANDLER_UNREACHED), seldom()],
  // Few attempts, because the state is entered again after the poll interval. A timeout is the normal end of an
  // interval.
  wait: [never([...NEVER_RETRIED, Errors.TIMEOUT]), seldom()],
  record: [
    never(bothDynamoDbSpellings('ConditionalCheckFailedException')),
    often([...DYNAMODB_TRANSIENTS, Errors.TIMEOUT]),
    seldom(),
  ],
  // Few attempts, because the run does not continue until they have ended.
  progressEvent: [seldom()],
  finalEvent: [often([Errors.ALL])],
  stop: [often([Errors.ALL])],
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

/** Retries for about four hours: up to 100 attempts, on average 2.5 minutes apart. */
function persistently(errors: string[]): RetryProps {
  return { ...BACKOFF, maxDelay: Duration.minutes(5), errors, maxAttempts: 100 };
}

function seldom(): RetryProps {
  return { ...BACKOFF, errors: [Errors.ALL], maxAttempts: 3 };
}
