import type { PlaceContext } from '../place-context.js';
import type { UnsignedRequest, UnsignedRoute } from '../server/unsigned-route.js';
import { asAwsError, AwsError } from '../wire/aws-error.js';
import type { WireResponse } from '../wire/wire-service.js';
import type { AccessTokens } from './access-tokens.js';
import { npmAnswer } from './npm/npm-registry.js';
import { PACKAGES_PATH, parseRegistryPath, registryUrl } from './package-address.js';
import { jsonAnswer, type PackageRequest, type RegistryContext } from './package-request.js';
import { pypiAnswer } from './pypi/pypi-index.js';
import { notFound } from './refusals.js';

/** Largest request, in bytes. npm sends a package in Base64, which makes it a third larger. */
const PACKAGE_MAX_BYTES = 256 * 1024 * 1024;
const LOG_IN = 'Log in with a token of GetAuthorizationToken for this domain.';

interface PackageRouteOptions extends RegistryContext {
  readonly context: PlaceContext;
  readonly tokens: AccessTokens;
}

/** Returns the route for the protocols of npm, pip and twine, which send a token instead of a signature. */
export function packageRoute(options: PackageRouteOptions): UnsignedRoute {
  return {
    pathPrefix: PACKAGES_PATH,
    bodyMaxBytes: PACKAGE_MAX_BYTES,
    async handle(request) {
      try {
        return withoutBodyForHead(request.method, await answer(request, options));
      } catch (error) {
        if (!(error instanceof AwsError)) {
          options.context.reportProblem(`codeartifact failed at ${request.method} ${request.path}.`, error);
        }
        return describe(asAwsError(error));
      }
    },
  };
}

async function answer(request: UnsignedRequest, options: PackageRouteOptions): Promise<WireResponse> {
  const address = parseRegistryPath(request.path);
  if (address === undefined)
    throw notFound('repository', request.path, 'The path is not that of a package repository.');
  const domain = decoded(address.domain);
  const token = tokenOf(request.headers.authorization);
  if (token === undefined || !(await options.tokens.isValid(domain, token))) {
    throw new AwsError('Unauthorized', LOG_IN, 401);
  }
  const repository = await options.catalogue.repository(domain, decoded(address.repository));
  const packageRequest: PackageRequest = {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: decoded(address.rest),
    contentType: request.headers['content-type'] ?? '',
    accept: request.headers.accept ?? '*/*',
    repository,
    registryUrl: registryUrl(options.context, {
      domain,
      format: address.format,
      repository: repository.name,
    }),
    readBody: request.readBody,
  };
  return address.format === 'npm' ? npmAnswer(packageRequest, options) : pypiAnswer(packageRequest, options);
}

/** Reads the token: npm sends it as a bearer token, pip and twine as the password of the user `aws`. */
function tokenOf(authorization = ''): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [, password] = /^aws:(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  return password;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('ValidationException', 'The path is not percent-encoded UTF-8.');
  }
}

/** Returns the response for an error. npm shows `error`, and twine prints `message`. */
function describe({ message, statusCode }: AwsError): WireResponse {
  const response = jsonAnswer({ error: message, message }, statusCode);
  if (statusCode !== 401) return response;
  return { ...response, headers: { ...response.headers, 'www-authenticate': 'Basic realm="codeartifact"' } };
}

function withoutBodyForHead(method: string, response: WireResponse): WireResponse {
  const { body, headers, status } = response;
  if (method !== 'HEAD' || body === undefined) return response;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { status, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } };
  }
  body.destroy();
  return { status, headers: headers ?? {} };
}
