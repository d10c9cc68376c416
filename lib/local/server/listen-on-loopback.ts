import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a client may keep the place busy with, so that no client keeps it from the others. */
export interface ClientLimits {
  /** For the headers of a request to come in. @default 15 seconds */
  readonly headersMs: number;
  /** For a whole request to come in, be it 5 GB. @default 1 hour */
  readonly requestMs: number;
  /** Without a byte, in the middle of a request. @default 2 minutes */
  readonly idleMs: number;
  /** Open at the same time; what comes beyond is closed. @default 1000 */
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
/** How long requests may go on once the listener closes. */
const CLOSE_GRACE_MS = 2_000;

export interface Listener {
  readonly port: number;
  /** Takes no more requests, gives those under way a moment, and cuts what is left. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly limits?: ClientLimits | undefined;
  readonly onListening: ((port: number) => void) | undefined;
  /** @param askForBody lets a client that sent `Expect: 100-continue` go on */
  readonly onRequest: (
    message: IncomingMessage,
    response: ServerResponse,
    askForBody: () => void,
  ) => Promise<void>;
}

/**
 * Listens on 127.0.0.1. A request must name this address as its host, so a page of a name that was made to point
 * here is refused, and so is any other request that a browser says is a page's.
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
  const take = (message: IncomingMessage, response: ServerResponse, askForBody: () => void) => {
    if (!namesThisHost(message, server)) return refuse(message, response, 421, OTHER_HOST);
    if (isFromWebPage(message)) return refuse(message, response, 403, WEB_PAGE);
    void options.onRequest(message, response, askForBody);
  };
  server.on('request', (message, response) => take(message, response, () => {}));
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) =>
    take(message, response, () => response.writeContinue()),
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

/** No SDK or tool says where it comes from; browsers do, of every request that a page could read the answer of. */
function isFromWebPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

const OTHER_HOST =
  'The local place answers to 127.0.0.1 and localhost with its port, and to no other name.\n';
const WEB_PAGE = 'The local place takes no requests of web pages.\n';

function refuse(message: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  message.resume();
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(body);
}

function cutIdleSockets(server: Server, idleMs: number): void {
  const underWay = new WeakMap<Socket, { message: IncomingMessage; response: ServerResponse }>();
  const remember = (message: IncomingMessage, response: ServerResponse) => {
    underWay.set(message.socket, { message, response });
  };
  server.on('request', remember).on('checkContinue', remember);
  server.setTimeout(idleMs, (socket: Socket) => {
    const exchange = underWay.get(socket);
    // A handler may think as long as it likes once it has the whole request.
    const thinking = exchange !== undefined && exchange.message.complete && !exchange.response.headersSent;
    if (!thinking) socket.destroy();
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
