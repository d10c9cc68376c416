import { AwsError } from './aws-error.js';
import { parseJsonBody } from './json-body.js';
import { jsonErrorResponse } from './json-error.js';
import { checkMemberTypes, type MemberTypes } from './member-types.js';
import type { WireRequest, WireResponse, WireService } from './wire-service.js';

/** An operation of a service that speaks AWS JSON: input and output are the API's own shapes, dates as epoch seconds. */
export type JsonOperation = (input: never) => Promise<object | undefined>;

export interface JsonServiceOptions {
  readonly signingName: string;
  /** What stands before the operation's name in `x-amz-target`, such as `AWSStepFunctions`. */
  readonly targetPrefix: string;
  readonly jsonVersion: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** Refused before an operation sees it: what is of another type. @default operations check all of it */
  readonly memberTypes?: MemberTypes;
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
      const input = parseJsonBody(await request.readBody());
      checkMemberTypes(input, options.memberTypes ?? {});
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
