import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

import { CAPACITY_UNAVAILABLE, FAILURES } from '../../contract/index.js';

/** What the Lambda integration reports when a handler could not be reached, or had no answer in time. */
const LAMBDA_TRANSIENTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/** Throttles and faults of the services behind a handler, under the names its SDK throws. */
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
  // What the SDK has no exception of its own for, such as an HTTP 503.
  'DynamoDbException',
].flatMap(bothDynamoDbSpellings);

const BACKOFF = {
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(60),
  jitterStrategy: JitterType.FULL,
} as const;

/** What a handler refuses stays refused, and for want of capacity the machine waits in states of its own. */
const REFUSALS = [
  ...Object.entries(FAILURES).flatMap(([code, { seen }]) => (seen === 'caller' ? [] : [code])),
  CAPACITY_UNAVAILABLE,
];

/**
 * Every call is harmless when repeated, so a call without an answer in time is repeated too, and so is, less often, one
 * that failed in a way nobody foresaw, such as a handler that was killed. EventBridge refuses nothing by a name of its
 * own: an entry that was not taken, a throttle and a fault are all worth another try.
 */
export const RETRIES: Readonly<Record<'handler' | 'record' | 'news' | 'end', readonly RetryProps[]>> = {
  handler: [never(REFUSALS), often([...LAMBDA_TRANSIENTS, ...HANDLER_TRANSIENTS, Errors.TIMEOUT]), seldom()],
  record: [
    never(bothDynamoDbSpellings('ConditionalCheckFailedException')),
    often([...DYNAMODB_TRANSIENTS, Errors.TIMEOUT]),
    seldom(),
  ],
  // A run does not wait long for its news to be taken.
  news: [seldom()],
  end: [often([Errors.ALL])],
};

/** DynamoDB refused a conditional write. The optimized and the SDK integration spell the service differently. */
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
