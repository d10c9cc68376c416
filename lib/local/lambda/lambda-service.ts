import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { operation, serviceOperations } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { restJsonService, type RestRoute } from '../wire/rest-json-service.js';
import { wholeNumberText } from '../wire/text-members.js';
import type { WireResponse, WireService } from '../wire/wire-service.js';
import { functionConfiguration } from './function-configuration.js';
import type { FunctionRegistry } from './function-registry.js';
import type { InvocationResult } from './run-invocation.js';
import type { StoredFunction } from './stored-function.js';

export interface LambdaServiceOptions {
  readonly context: PlaceContext;
  readonly registry: FunctionRegistry;
  readonly run: (definition: StoredFunction, requestId: string, payload: string) => Promise<InvocationResult>;
  readonly invokeAsync: (name: string, payload: string, requestId: string) => Promise<void>;
}

/** Maximum size of a payload. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SYNCHRONOUS_MAX_BYTES = 6 * 1024 * 1024;
const ASYNCHRONOUS_MAX_BYTES = 1024 * 1024;

const functionMembers = { FunctionName: z.string().min(1), Qualifier: z.string().min(1).optional() };

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[A-Za-z0-9_-]{1,64}$/;
const taggedFunction = z
  .string()
  .regex(FUNCTION_ARN, 'Member must be the ARN of a function without a qualifier');

const FUNCTIONS = '/2015-03-31/functions';
const ROUTES = [
  {
    operation: 'Invoke',
    method: 'POST',
    path: `${FUNCTIONS}/{FunctionName}/invocations`,
    headers: { 'x-amz-invocation-type': 'InvocationType', 'x-amz-log-type': 'LogType' },
    payload: 'Payload',
    respond: respondToInvoke,
  },
  { operation: 'ListFunctions', method: 'GET', path: FUNCTIONS },
  { operation: 'GetFunction', method: 'GET', path: `${FUNCTIONS}/{FunctionName}` },
  {
    operation: 'GetFunctionConfiguration',
    method: 'GET',
    path: `${FUNCTIONS}/{FunctionName}/configuration`,
  },
  { operation: 'ListTags', method: 'GET', path: '/2017-03-31/tags/{Resource}' },
] as const satisfies readonly RestRoute[];

/**
 * Serves the part of Lambda's REST API that invokes and describes functions.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export function lambdaService(options: LambdaServiceOptions): WireService {
  const { context, registry } = options;
  const operations = serviceOperations('InvalidParameterValueException', {
    Invoke: invokeOperation(options),
    ListFunctions: operation(
      {
        MaxItems: wholeNumberText.pipe(z.number().min(1).max(10_000)).default(50),
        Marker: z.string().min(1).optional(),
      },
      async ({ MaxItems, Marker }) => {
        const { items, nextToken } = page(await registry.list(), ({ name }) => name, {
          limit: Math.min(MaxItems, 50),
          token: Marker,
          invalidToken: (token) => new AwsError('InvalidParameterValueException', `Invalid Marker: ${token}`),
        });
        const functions = items.map((definition) => functionConfiguration(context, definition));
        return { Functions: functions, NextMarker: nextToken };
      },
    ),
    GetFunction: operation(functionMembers, async (input) => {
      const definition = await registry.find(referenceOf(input));
      const { reservedConcurrency } = definition;
      return {
        Configuration: functionConfiguration(context, definition),
        Code: { RepositoryType: 'S3' },
        Tags: definition.tags ?? {},
        Concurrency:
          reservedConcurrency === undefined
            ? undefined
            : { ReservedConcurrentExecutions: reservedConcurrency },
      };
    }),
    GetFunctionConfiguration: operation(functionMembers, async (input) =>
      functionConfiguration(context, await registry.find(referenceOf(input))),
    ),
    ListTags: operation({ Resource: taggedFunction }, async ({ Resource }) => ({
      Tags: (await registry.find(Resource)).tags ?? {},
    })),
  });
  return restJsonService({ signingName: 'lambda', operations, routes: ROUTES });
}

interface InvokeOutput {
  readonly StatusCode: 200 | 202 | 204;
  readonly FunctionError?: string | undefined;
  /** Base64 text. */
  readonly LogResult?: string | undefined;
  /** JSON text. */
  readonly Payload?: string;
}

function invokeOperation({ registry, run, invokeAsync }: LambdaServiceOptions) {
  return operation(
    {
      ...functionMembers,
      InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
      LogType: z.enum(['None', 'Tail']).default('None'),
      Payload: z.instanceof(Buffer),
    },
    async ({ InvocationType, LogType, Payload, ...input }, { requestId }): Promise<InvokeOutput> => {
      const definition = await registry.find(referenceOf(input));
      const payload = readPayload(Payload, InvocationType);
      if (InvocationType === 'DryRun') return { StatusCode: 204 };
      if (InvocationType === 'Event') {
        await invokeAsync(definition.name, payload, requestId);
        return { StatusCode: 202 };
      }
      const result = await run(definition, requestId, payload);
      return {
        StatusCode: 200,
        FunctionError: result.functionError,
        LogResult: LogType === 'Tail' ? Buffer.from(result.logTail).toString('base64') : undefined,
        Payload: result.payload,
      };
    },
  );
}

function respondToInvoke({ StatusCode, Payload, FunctionError, LogResult }: InvokeOutput): WireResponse {
  if (Payload === undefined) return { status: StatusCode };
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
  };
  if (FunctionError !== undefined) headers['x-amz-function-error'] = FunctionError;
  if (LogResult !== undefined) headers['x-amz-log-result'] = LogResult;
  return { status: StatusCode, headers, body: Payload };
}

/**
 * Returns the JSON text of a payload. An empty body is an empty object.
 * @throws AwsError `RequestTooLargeException`, `InvalidRequestContentException`
 */
function readPayload(body: Buffer, invocationType: string): string {
  const maxBytes = invocationType === 'Event' ? ASYNCHRONOUS_MAX_BYTES : SYNCHRONOUS_MAX_BYTES;
  if (body.length > maxBytes) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`,
      413,
    );
  }
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const message = `Could not parse request body into json: ${String(error)}`;
    throw new AwsError('InvalidRequestContentException', message, 400, { Type: 'User' });
  }
}

function referenceOf(input: { FunctionName: string; Qualifier?: string | undefined }): string {
  return input.Qualifier === undefined ? input.FunctionName : `${input.FunctionName}:${input.Qualifier}`;
}
