import { AwsError } from '../wire/aws-error.js';

const FAMILIAR = () => new AwsError('ThrottlingException', 'Rate exceeded');

/** The error of each service for a call over its rate, by the service's name in signatures. */
const ERRORS: Readonly<Record<string, () => AwsError>> = {
  cloudformation: () => new AwsError('Throttling', 'Rate exceeded'),
  codeartifact: () => new AwsError('ThrottlingException', 'Rate exceeded', 429),
  dynamodb: () =>
    new AwsError(
      'ThrottlingException',
      'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key.',
    ),
  lambda: () => tooManyInvocations('CallerRateLimitExceeded'),
  s3: () => new AwsError('SlowDown', 'Please reduce your request rate.', 503),
  sts: () => new AwsError('Throttling', 'Rate exceeded'),
};

/** Returns the error of a service for a call over its rate. */
export function throttlingError(service: string): AwsError {
  return (Object.hasOwn(ERRORS, service) ? ERRORS[service] : undefined)?.() ?? FAMILIAR();
}

/**
 * Returns Lambda's error for an invocation over a rate or concurrency limit.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function tooManyInvocations(
  reason:
    | 'CallerRateLimitExceeded'
    | 'ConcurrentInvocationLimitExceeded'
    | 'ReservedFunctionConcurrentInvocationLimitExceeded',
): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Type: 'User', Reason: reason });
}
