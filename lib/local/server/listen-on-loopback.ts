import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Limits for connections, so that a slow client cannot block others. */
export interface ClientLimits {
  /** Maximum time to receive all headers of a request. @default 15 seconds */
  readonly headersMs: number;
  /** Maximum time to receive a whole request, whose body may have 5 GB. @default 1 hour */
  readonly requestMs: number;
  /**
   * Maximum time without a byte on a connection. Does not apply while a complete request is being handled.
   * @default 2 minutes
   */
  readonly idleMs: number;
  /** Maximum number of simultaneous connections; further ones are closed. @default 1000 */
  readonly connections: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  headersMs: 15_000,
  requestMs: 3_600_000,
  idleMs: 120_000,
  connections: 1_000,
};

const KEEP_ALIVE_MS = 65_000;
const LOOK_FOR_SLOW_MS = 10_000;
/** Maximum time for which closing waits for requests in progress. */
const CLOSE_GRACE_MS = 2_000;

export interface Listener {
  readonly port: number;
  /** Refuses new requests, waits up to two seconds for those in progress, then closes all connections. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly limits?: ClientLimits | undefined;
  readonly onListening: ((port: number) => void) | undefined;
  /** Handles a request. @param askForBody sends `100 Continue` to a client that waits for it */
  readonly onRequest: (
    message: IncomingMessage,
    response: ServerResponse,
    askForBody: () => void,
  ) => Promise<void>;
}

/**
 * Listens on 127.0.0.1. Refuses a request with another host in its `Host` header, which prevents DNS rebinding, and a
 * request that a browser sent for a web page.
 */
export async function listenOnLoopback(port: number, options: ListenOptions): Promise<Listener> {
  const { headersMs, requestMs, idleMs, connections } = options.limits ?? CLIENT_LIMITS;
  const server = createServer({
    headersTimeout: headersMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(LOOK_FOR_SLOW_MS, headersMs),
  });
  server.maxConnections = connections;
  const accept = (message: IncomingMessage, response: ServerResponse, askForBody: () => void) => {
    if (!namesThisHost(message, server)) return refuse(message, response, 421, OTHER_HOST);
    if (isFromWebPage(message)) return refuse(message, response, 403, WEB_PAGE);
    void options.onRequest(message, response, askForBody);
  };
  server.on('request', (message, response) => accept(message, response, () => {}));
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) =>
    accept(message, response, () => response.writeContinue()),
  );
  cutIdleSockets(server, idleMs);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const listeningPort = (server.address() as AddressInfo).port;
  options.onListening?.(listeningPort);
  return { port: listeningPort, close: () => closeServer(server) };
}

function namesThisHost(message: IncomingMessage, server: Server): boolean {
  const address = server.address() as AddressInfo | null;
  const { host } = message.headers;
  return address !== null && (host === `127.0.0.1:${address.port}` || host === `localhost:${address.port}`);
}

/**
 * Browsers send one of these headers with every request whose response a page could read. SDKs and tools send
 * neither.
 */
function isFromWebPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

const OTHER_HOST = 'The local AWS accepts only the Host 127.0.0.1 or localhost, with its port.\n';
const WEB_PAGE = 'The local AWS accepts no requests from web pages.\n';

function refuse(message: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  message.resume();
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(body);
}

function cutIdleSockets(server: Server, idleMs: number): void {
  const inProgress = new WeakMap<Socket, { message: IncomingMessage; response: ServerResponse }>();
  const remember = (message: IncomingMessage, response: ServerResponse) => {
    inProgress.set(message.socket, { message, response });
  };
  server.on('request', remember).on('checkContinue', remember);
  server.setTimeout(idleMs, (socket: Socket) => {
    const exchange = inProgress.get(socket);
    // While a handler works on a complete request, the connection is not idle.
    const isHandled = exchange !== undefined && exchange.message.complete && !exchange.response.headersSent;
    if (!isHandled) socket.destroy();
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
