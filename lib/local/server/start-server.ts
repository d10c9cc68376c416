import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { PlaceContext } from '../place-context.js';
import { ConnectionDropped } from '../intercept.js';
import { asAwsError, AwsError } from '../wire/aws-error.js';
import type { WireResponse, WireService } from '../wire/wire-service.js';
import { admitRequest, claimOf, type RawRequest } from './admit-request.js';
import { guessProtocol, unroutedErrorResponse } from './unrouted-error.js';
import { CLIENT_LIMITS, listenOnLoopback, type ClientLimits, type Listener } from './listen-on-loopback.js';
import { sendResponse } from './send-response.js';
import { refusalError, SignatureRefusal } from './signature/signature-refusal.js';
import { answerUnsigned, type UnsignedRoute } from './unsigned-route.js';

export interface ServerOptions {
  readonly context: PlaceContext;
  readonly services: readonly WireService[];
  /** Port to listen on; 0 for any free port. */
  readonly port: number;
  /** Paths that need no signature. @default none */
  readonly unsigned?: readonly UnsignedRoute[];
  /** Limits for connections. @default CLIENT_LIMITS */
  readonly limits?: Partial<ClientLimits>;
  /** Called with the port before the first request is accepted. */
  readonly onListening?: (port: number) => void;
}

/**
 * Serves AWS services on one port of 127.0.0.1. Routes each request with a valid signature to the service in its
 * signature.
 * @throws Error such as `EADDRINUSE` when the server cannot listen on the port
 */
export async function startServer(options: ServerOptions): Promise<Listener> {
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  return listenOnLoopback(options.port, {
    onListening: options.onListening,
    limits: { ...CLIENT_LIMITS, ...options.limits },
    onRequest: (message, response, askForBody) =>
      serve(readRequest(message, askForBody), response, services, options),
  });
}

async function serve(
  raw: RawRequest,
  response: ServerResponse,
  services: ReadonlyMap<string, WireService>,
  { context, unsigned = [] }: ServerOptions,
): Promise<void> {
  let answer: WireResponse;
  try {
    answer = await (answerUnsigned(raw, unsigned) ?? answerRequest(raw, services, context));
  } catch (error) {
    if (error instanceof ConnectionDropped) return void response.destroy();
    answer = unroutedErrorResponse(asAwsError(error), guessProtocol(raw), raw.requestId);
  }
  try {
    await sendResponse(raw.message, response, answer);
  } catch (error) {
    response.destroy();
    if (!raw.message.destroyed)
      context.reportProblem(
        `The answer to ${raw.message.method} ${raw.path} could not be sent completely.`,
        error,
      );
  }
}

async function answerRequest(
  raw: RawRequest,
  services: ReadonlyMap<string, WireService>,
  context: PlaceContext,
): Promise<WireResponse> {
  const { service, claim } = await route(raw, services);
  try {
    return await service.handle(await admitRequest(raw, claim, service, context));
  } catch (error) {
    if (error instanceof ConnectionDropped) throw error;
    const reason = error instanceof SignatureRefusal ? refusalError(error, service.protocol) : error;
    if (!(reason instanceof AwsError) && !isCutOff(raw.message)) {
      context.reportProblem(`${service.signingName} failed at ${raw.message.method} ${raw.path}.`, reason);
    }
    return service.describeError(reason, { requestId: raw.requestId, method: raw.message.method ?? 'GET' });
  }
}

/**
 * Returns whether the client closed the connection before it had sent the whole request. In this case, no error is
 * reported.
 */
function isCutOff(message: IncomingMessage): boolean {
  return message.destroyed && !message.complete;
}

async function route(raw: RawRequest, services: ReadonlyMap<string, WireService>) {
  try {
    const claim = await claimOf(raw);
    const service = services.get(claim.scope.service);
    if (service !== undefined) return { service, claim };
    throw new AwsError(
      'UnknownService',
      `The local AWS has no service ${claim.scope.service}; it has ${[...services.keys()].sort().join(', ')}.`,
      404,
    );
  } catch (error) {
    if (!(error instanceof SignatureRefusal)) throw error;
    throw refusalError(error, guessProtocol(raw));
  }
}

function readRequest(message: IncomingMessage, askForBody: () => void): RawRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  return {
    requestId: randomUUID(),
    message,
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    askForBody,
  };
}
