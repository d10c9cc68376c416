import { AwsError } from '../wire/aws-error.js';
import { asAwsError } from '../wire/json-service.js';
import type { WireRequest, WireService } from '../wire/wire-service.js';
import { requestMembers, type RequestMembers } from './request-members.js';

export interface ApiRoute {
  readonly operation: string;
  /** Members in the query that the operation keeps to, other than `domain-owner`. */
  readonly members: readonly string[];
  /** @param body parsed; undefined when there is none */
  answer(members: RequestMembers, body: unknown): Promise<object>;
}

/**
 * CodeArtifact's REST API.
 * @param routes by method and path, such as `GET /v1/repository`
 * @see https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_Operations.html
 */
export function codeArtifactService(
  account: string,
  routes: Readonly<Record<string, ApiRoute>>,
): WireService {
  return {
    signingName: 'codeartifact',
    protocol: 'rest-json',
    async handle(request) {
      const route = routeOf(routes, request);
      const members = requestMembers(request, account, route.members);
      const answer = await route.answer(members, parseBody(await request.readBody()));
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'x-amzn-requestid': request.requestId },
        body: JSON.stringify(answer),
      };
    },
    describeError(error, { requestId }) {
      const { code, message, statusCode, members } = asAwsError(error);
      return {
        status: statusCode,
        headers: {
          'content-type': 'application/json',
          'x-amzn-requestid': requestId,
          'x-amzn-errortype': code,
        },
        body: JSON.stringify({ ...members, message }),
      };
    },
  };
}

function routeOf(routes: Readonly<Record<string, ApiRoute>>, { method, path }: WireRequest): ApiRoute {
  const name = `${method} ${path}`;
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (route !== undefined) return route;
  const known = Object.values(routes).map(({ operation }) => operation);
  throw new AwsError(
    'UnknownOperationException',
    `The local place has no CodeArtifact operation ${name}; it has ${known.sort().join(', ')}.`,
    404,
  );
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new AwsError('ValidationException', 'The request body is not JSON.', 400, {
      reason: 'CANNOT_PARSE',
    });
  }
}
