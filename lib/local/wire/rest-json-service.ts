import { asAwsError, AwsError } from './aws-error.js';
import { parseJsonBody } from './json-body.js';
import type { CheckedOperation } from './operation.js';
import type { WireRequest, WireResponse, WireService } from './wire-service.js';

/** Method and path of an operation, and the parts of the request that contain the members of its input. */
export interface RestRoute<Name extends string = string> {
  readonly operation: Name;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Path such as `/2015-03-31/functions/{FunctionName}`, with the names of members in braces. */
  readonly path: string;
  /**
   * Members of the input by the names of their query parameters. A parameter that is not listed has the name of its
   * member.
   */
  readonly query?: Readonly<Record<string, string>>;
  /** Members of the input by the names of their headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Member that receives the body as a Buffer.
   * @default the body is a JSON object with members of the input
   */
  readonly payload?: string;
  /** Returns the response for an output. @default status 200 with the output as JSON */
  readonly respond?: (output: never) => WireResponse;
}

export interface RestJsonServiceOptions<Name extends string> {
  readonly signingName: string;
  /** Result of `serviceOperations`. */
  readonly operations: Readonly<Record<Name, CheckedOperation>>;
  /** One route for each operation. */
  readonly routes: readonly RestRoute<NoInfer<Name>>[];
}

/**
 * Serves operations over the REST JSON protocol. Path, query, headers and body become one input object.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJsonService<Name extends string>(options: RestJsonServiceOptions<Name>): WireService {
  const routes = options.routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return {
    signingName: options.signingName,
    protocol: 'rest-json',
    describeError: (error, { requestId }) => restJsonErrorResponse(asAwsError(error), requestId),
    async handle(request) {
      for (const { route, pattern } of routes) {
        const labels = request.method === route.method ? pattern.exec(request.path) : null;
        if (labels === null) continue;
        const input = { ...(await readInput(request, route)), ...decodeLabels(labels.groups ?? {}) };
        const output = await options.operations[route.operation](input, request);
        const { headers, ...response } = (route.respond ?? respondJson)((output ?? {}) as never);
        return { ...response, headers: { ...headers, 'x-amzn-requestid': request.requestId } };
      }
      throw new AwsError(
        'UnknownOperationException',
        `The local AWS has no operation ${request.method} ${request.path} of ${options.signingName}; it has ${options.routes
          .map(({ operation }) => operation)
          .sort()
          .join(', ')}.`,
        404,
      );
    },
  };
}

/**
 * Returns the response for an error. It contains the message both as `message` and as `Message`, because services
 * differ in this.
 */
function restJsonErrorResponse(
  { code, message, statusCode, members }: AwsError,
  requestId: string,
): WireResponse {
  return {
    status: statusCode,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': code,
    },
    body: JSON.stringify({ ...members, Message: message, message }),
  };
}

function respondJson(output: object): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
}

async function readInput(request: WireRequest, route: RestRoute): Promise<Record<string, unknown>> {
  const query = [...request.query].map(([name, value]) => [memberOf(route.query, name), value]);
  const headers = Object.entries(route.headers ?? {}).map(([name, member]) => [
    member,
    request.headers[name],
  ]);
  const content = await request.readBody();
  const body = route.payload === undefined ? parseJsonBody(content) : { [route.payload]: content };
  return { ...body, ...(Object.fromEntries([...query, ...headers]) as object) };
}

function memberOf(names: Readonly<Record<string, string>> = {}, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? `(?<${part.slice(1, -1)}>[^/]+)` : escapePattern(part)))
    .join('');
  return new RegExp(`^${source}/?$`);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function decodeLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([member, part]) => [member, decodeLabel(member, part)]),
  );
}

function decodeLabel(member: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AwsError('ValidationException', `The ${member} ${part} is not percent-encoded UTF-8.`);
  }
}
