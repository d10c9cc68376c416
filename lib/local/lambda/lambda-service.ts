import type { PlaceContext } from '../place-context.js';
import { decodeUriPart } from '../server/signature/percent-encoding.js';
import { AwsError } from '../wire/aws-error.js';
import { asAwsError } from '../wire/json-service.js';
import type { WireRequest, WireResponse, WireService } from '../wire/wire-service.js';
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

type Route = (request: WireRequest, functionName: string) => Promise<WireResponse>;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const SYNCHRONOUS_MAX_BYTES = 6 * 1024 * 1024;
const ASYNCHRONOUS_MAX_BYTES = 1024 * 1024;

/**
 * Lambda's REST API, as far as functions of a template are called and looked at.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export function lambdaService(options: LambdaServiceOptions): WireService {
  const { context, registry } = options;
  const routes: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
    [
      'POST',
      /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
      (request, name) => invoke(options, request, name),
    ],
    ['GET', /^\/2015-03-31\/functions\/?$/, () => listFunctions(options)],
    [
      'GET',
      /^\/2015-03-31\/functions\/([^/]+)$/,
      async (request, name) => {
        const definition = await registry.find(withQualifier(request, name));
        const { reservedConcurrency } = definition;
        return answer({
          Configuration: functionConfiguration(context, definition),
          Code: { RepositoryType: 'S3' },
          Tags: {},
          ...(reservedConcurrency === undefined
            ? {}
            : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
        });
      },
    ],
    [
      'GET',
      /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      async (request, name) =>
        answer(functionConfiguration(context, await registry.find(withQualifier(request, name)))),
    ],
  ];
  return {
    signingName: 'lambda',
    describeError,
    handle: async (request) => {
      for (const [method, path, route] of routes) {
        const match = path.exec(request.path);
        if (match !== null && method === request.method) {
          return withRequestId(await route(request, functionNameIn(match[1] ?? '')), request.requestId);
        }
      }
      throw new AwsError(
        'UnknownOperationException',
        `The local place has no Lambda operation ${request.method} ${request.path}; it has Invoke, GetFunction, GetFunctionConfiguration, ListFunctions.`,
        404,
      );
    },
  };
}

function functionNameIn(part: string): string {
  const name = decodeUriPart(part);
  if (name !== undefined) return name;
  throw new AwsError('ValidationException', `The function name ${part} is not percent-encoded UTF-8.`);
}

async function invoke(
  options: LambdaServiceOptions,
  request: WireRequest,
  name: string,
): Promise<WireResponse> {
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const definition = await options.registry.find(withQualifier(request, name));
  const body = await request.readBody();
  const maxBytes = type === 'Event' ? ASYNCHRONOUS_MAX_BYTES : SYNCHRONOUS_MAX_BYTES;
  if (body.length > maxBytes) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`,
      413,
    );
  }
  const payload = readPayload(body);
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    await options.invokeAsync(definition.name, payload, request.requestId);
    return { status: 202 };
  }
  if (type !== 'RequestResponse') {
    throw new AwsError('InvalidParameterValueException', `Unknown invocation type ${JSON.stringify(type)}`);
  }
  const result = await options.run(definition, request.requestId, payload);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError === undefined ? {} : { 'x-amz-function-error': result.functionError }),
      ...(header(request, 'x-amz-log-type') === 'Tail'
        ? { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') }
        : {}),
    },
    body: result.payload,
  };
}

/** A call without a payload gives the handler an empty object. */
function readPayload(body: Buffer): string {
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${String(error)}`,
      400,
      { Type: 'User' },
    );
  }
}

async function listFunctions({ context, registry }: LambdaServiceOptions): Promise<WireResponse> {
  const all = await registry.list();
  return answer({ Functions: all.map((definition) => functionConfiguration(context, definition)) });
}

function withQualifier({ query }: WireRequest, name: string): string {
  const qualifier = query.get('Qualifier');
  return qualifier === null ? name : `${name}:${qualifier}`;
}

function header({ headers }: WireRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function answer(body: object): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function withRequestId(response: WireResponse, requestId: string): WireResponse {
  return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
}

const describeError: WireService['describeError'] = (error, { requestId }) => {
  const { code, message, statusCode, members } = asAwsError(error);
  return {
    status: statusCode,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ ...members, Message: message, message }),
  };
};
