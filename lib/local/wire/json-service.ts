import { asAwsError, AwsError } from './aws-error.js';
import { parseJsonBody } from './json-body.js';
import type { CheckedOperation } from './operation.js';
import type { WireRequest, WireResponse, WireService } from './wire-service.js';

export interface JsonServiceOptions {
  readonly signingName: string;
  /** Prefix of the operation's name in the header `x-amz-target`, such as `AWSStepFunctions`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  /**
   * Error codes that the service had in the Query protocol, by error name. Some clients still expect them. Only codes
   * that differ from the name are listed.
   * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
   */
  readonly queryCodes?: Readonly<Record<string, string>>;
  /** Result of `serviceOperations`. Input and output have the form of the API; dates are epoch seconds. */
  readonly operations: Readonly<Record<string, CheckedOperation>>;
}

/**
 * Serves operations over the AWS JSON protocol.
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

/** Returns the response for an error in the AWS JSON protocol. */
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
