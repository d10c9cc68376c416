/**
 * Returns whether a request to AWS failed for a temporary reason: throttling, or a fault of the service or the network.
 * The same request may succeed later.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function isTransientError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '' } = error as AwsFailure;
  const status = httpStatusOf(error);
  if (status !== undefined && (status >= 500 || status === 429)) return true;
  return TRANSIENT_NAMES.test(error.name) || NETWORK_CODES.test(code) || isTransientError(error.cause);
}

interface AwsFailure extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number | undefined };
  readonly code?: string;
}

/** Returns the HTTP status of a failed request to AWS; undefined when the service did not answer. */
export function httpStatusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as AwsFailure).$metadata?.httpStatusCode : undefined;
}

/** Names that the SDKs retry: throttling of each service, and timeouts of the HTTP client. */
const TRANSIENT_NAMES =
  /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|BandwidthLimitExceeded|SlowDown|PriorRequestNotComplete|RequestTimeout|TimeoutError|InternalFailure|InternalServer|ServiceUnavailable/;

/** Error codes of Node.js for connections that failed. */
const NETWORK_CODES =
  /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_.+)$/;
