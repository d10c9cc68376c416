import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A client that sends or takes nothing for this long in the middle of a request is cut off. */
const IDLE_MS = 120_000;
const HEADERS_MS = 15_000;
const KEEP_ALIVE_MS = 65_000;
/** How long requests may go on once the listener closes. */
const CLOSE_GRACE_MS = 2_000;

export interface Listener {
  readonly port: number;
  /** Takes no more requests, gives those under way a moment, and cuts what is left. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly onListening: ((port: number) => void) | undefined;
  /** @param askForBody lets a client that sent `Expect: 100-continue` go on */
  readonly onRequest: (
    message: IncomingMessage,
    response: ServerResponse,
    askForBody: () => void,
  ) => Promise<void>;
}

/**
 * Listens on 127.0.0.1. A request must name this address as its host: a page of a name that was made to point here
 * is refused.
 */
export async function listenOnLoopback(port: number, options: ListenOptions): Promise<Listener> {
  const server = createServer({
    headersTimeout: HEADERS_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A large upload may take long; that it does not stand still is what `cutIdleSockets` sees to.
    requestTimeout: 0,
  });
  const take = (message: IncomingMessage, response: ServerResponse, askForBody: () => void) => {
    if (!namesThisHost(message, server)) return refuseHost(message, response);
    void options.onRequest(message, response, askForBody);
  };
  server.on('request', (message, response) => take(message, response, () => {}));
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) =>
    take(message, response, () => response.writeContinue()),
  );
  cutIdleSockets(server);
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

function refuseHost(message: IncomingMessage, response: ServerResponse): void {
  message.resume();
  const body = 'The local place answers to 127.0.0.1 and localhost with its port, and to no other name.\n';
  response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' }).end(body);
}

function cutIdleSockets(server: Server): void {
  const underWay = new WeakMap<Socket, { message: IncomingMessage; response: ServerResponse }>();
  const remember = (message: IncomingMessage, response: ServerResponse) => {
    underWay.set(message.socket, { message, response });
  };
  server.on('request', remember).on('checkContinue', remember);
  server.setTimeout(IDLE_MS, (socket: Socket) => {
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
