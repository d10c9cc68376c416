import { asAwsError, AwsError } from './aws-error.js';
import { parseJsonBody } from './json-body.js';
import type { CheckedOperation } from './operation.js';
import type { WireRequest, WireResponse, WireService } from './wire-service.js';

export interface JsonServiceOptions {
  readonly signingName: string;
  /** The text before the operation's name in `x-amz-target`, such as `AWSStepFunctions`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  /**
   * Error codes of the service's former Query protocol, by error name, for clients that still expect them. Errors whose
   * code equals the name are left out.
   * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
   */
  readonly queryCodes?: Readonly<Record<string, string>>;
  /** Result of `serviceOperations`. Input and output have the shapes of the API; dates are epoch seconds. */
  readonly operations: Readonly<Record<string, CheckedOperation>>;
}

/**
 * Serves operations by the AWS JSON protocol.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonService(options: JsonServiceOptions): WireService {
  const headers = { 'content-type': `application/x-amz-json-${options.jsonVersion}` };
  return {
    signingName: options.signingName,
    describeError(error, { requestId }) {
      const described = asAwsError(error);
      const response = jsonErrorResponse(described, requestId, options.jsonVersion);
      if (options.queryCodes === undefined) return response;
      return { ...response, headers: { ...response.headers, ...queryError(described, options.queryCodes) } };
    },
    async handle(request) {
      const operation = findOperation(options, request);
      const output = await operation(parseJsonBody(await request.readBody()), request);
      return {
        status: 200,
        headers: { ...headers, 'x-amzn-requestid': request.requestId },
        body: JSON.stringify(output ?? {}),
      } satisfies WireResponse;
    },
  };
}

function queryError(
  { code, statusCode }: AwsError,
  codes: Readonly<Record<string, string>>,
): Record<string, string> {
  const queryCode = Object.hasOwn(codes, code) ? codes[code] : code;
  return { 'x-amzn-query-error': `${queryCode};${statusCode >= 500 ? 'Receiver' : 'Sender'}` };
}

/** Returns the response of an AWS JSON service for an error. */
export function jsonErrorResponse(
  { code, message, statusCode, members }: AwsError,
  requestId: string,
  jsonVersion: '1.0' | '1.1',
): WireResponse {
  return {
    status: statusCode,
    headers: {
      'content-type': `application/x-amz-json-${jsonVersion}`,
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ __type: code, message, ...members }),
  };
}

function findOperation(options: JsonServiceOptions, request: WireRequest): CheckedOperation {
  const target = request.headers['x-amz-target'];
  const [prefix, name = ''] = typeof target === 'string' ? target.split('.') : [];
  const operation = Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
  if (prefix !== options.targetPrefix || operation === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `The local AWS has no operation ${JSON.stringify(target)} of ${options.signingName}; it has ${Object.keys(options.operations).sort().join(', ')}.`,
    );
  }
  return operation;
}
