import { AwsError } from './aws-error.js';
import { jsonErrorResponse } from './json-error.js';
import type { WireRequest, WireResponse, WireService } from './wire-service.js';

/** An operation of a service that speaks AWS JSON: input and output are the API's own shapes, dates as epoch seconds. */
export type JsonOperation = (input: never) => Promise<object | undefined>;

export interface JsonServiceOptions {
  readonly signingName: string;
  /** What stands before the operation's name in `x-amz-target`, such as `AWSStepFunctions`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/**
 * A service of the AWS JSON protocol.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonService(options: JsonServiceOptions): WireService {
  const headers = { 'content-type': `application/x-amz-json-${options.jsonVersion}` };
  return {
    signingName: options.signingName,
    describeError: (error, { requestId }) =>
      jsonErrorResponse(asAwsError(error), requestId, options.jsonVersion),
    async handle(request) {
      const operation = findOperation(options, request);
      const input = parseBody(await request.readBody());
      const output = await operation(input as never);
      return {
        status: 200,
        headers: { ...headers, 'x-amzn-requestid': request.requestId },
        body: JSON.stringify(output ?? {}),
      } satisfies WireResponse;
    },
  };
}

/** What is not an AwsError is a fault of ours. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError('InternalFailure', `The local place failed: ${message}`, 500);
}

function findOperation(options: JsonServiceOptions, request: WireRequest): JsonOperation {
  const target = request.headers['x-amz-target'];
  const [prefix, name = ''] = typeof target === 'string' ? target.split('.') : [];
  const operation = Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
  if (prefix !== options.targetPrefix || operation === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `The local place has no operation ${JSON.stringify(target)} of ${options.signingName}; it has ${Object.keys(options.operations).sort().join(', ')}.`,
    );
  }
  return operation;
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Answered below, like any other body that is not an object.
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object.');
}
