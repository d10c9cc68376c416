import { Duration } from 'aws-cdk-lib';
import { Errors, JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

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

/**
 * Every call is harmless when repeated, so a call without an answer in time is repeated too. No failure code of
 * the contract is among the errors: what a handler refuses stays refused. EventBridge refuses
 * nothing by a name of its own: an entry that was not taken, a throttle and a fault are all worth another try.
 */
export const RETRIES = {
  handler: retryOn([...LAMBDA_TRANSIENTS, ...HANDLER_TRANSIENTS, Errors.TIMEOUT]),
  record: retryOn([...DYNAMODB_TRANSIENTS, Errors.TIMEOUT]),
  event: retryOn([Errors.ALL]),
} as const;

/** DynamoDB refused a conditional write. The optimized and the SDK integration spell the service differently. */
export const CONDITION_FAILED = bothDynamoDbSpellings('ConditionalCheckFailedException');

function bothDynamoDbSpellings(error: string): string[] {
  return [`DynamoDB.${error}`, `DynamoDb.${error}`];
}

function retryOn(errors: string[]): RetryProps {
  return {
    errors,
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 8,
    maxDelay: Duration.seconds(60),
    jitterStrategy: JitterType.FULL,
  };
}
