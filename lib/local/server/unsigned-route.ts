import type { IncomingHttpHeaders } from 'node:http';

import type { WireResponse } from '../wire/wire-service.js';
import { readBody } from './read-body.js';
import type { RawRequest } from './admit-request.js';

export interface UnsignedRequest {
  readonly method: string;
  /** The path as the client sent it, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** @throws AwsError `RequestEntityTooLarge` */
  readBody(this: void): Promise<Buffer>;
}

/**
 * Handles requests without a signature, below a path. Either the path must be impossible to guess, or the route must
 * check other credentials.
 */
export interface UnsignedRoute {
  readonly pathPrefix: string;
  readonly bodyMaxBytes: number;
  handle(request: UnsignedRequest): Promise<WireResponse>;
}

/**
 * Returns the response of the unsigned route for a request; undefined if there is none, so that the request must be
 * signed.
 */
export function answerUnsigned(
  raw: RawRequest,
  routes: readonly UnsignedRoute[],
): Promise<WireResponse> | undefined {
  const route = routes.find(({ pathPrefix }) => raw.path.startsWith(pathPrefix));
  return route?.handle({
    method: raw.message.method ?? 'GET',
    path: raw.path,
    headers: raw.message.headers,
    readBody() {
      raw.askForBody();
      return readBody(raw.message, route.bodyMaxBytes);
    },
  });
}
