/** Starts the web server of the console, on loopback only. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Connection } from '../../connection/connection.js';
import { send, sendProblem } from './answer.js';
import { type Asset, readAssets } from './assets.js';
import { ConsoleApi } from './console-api.js';
import { type Refusal, refuseForeign, refuseForgedAction, refuseStranger } from './guard.js';
import { Session } from './session.js';

const LOOPBACK = '127.0.0.1';

/** A console that is up. */
export interface RunningConsole {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The address to open first. It has the token, which opens one session. */
  readonly address: string;
  close(): Promise<void>;
}

/** Options of a console. */
export interface ConsoleOptions {
  /** Files of the pages by name. @default those of this package */
  readonly assets?: ReadonlyMap<string, Asset>;
  /** Secret with which others make tokens that open a session. @default there is only the token in the address */
  readonly linkSecret?: string;
  /** How to open a session, for a browser without one. @default by the address that the command printed */
  readonly howToOpen?: string;
  /** How commands in the pages start. @default `codeseeder` */
  readonly program?: string;
  /** The command that serves the console, without the program. @default `console -s SEEDKIT` */
  readonly command?: string;
}

/**
 * Starts a console.
 * @param port port to listen on; 0 is a free one
 */
export async function startConsole(
  connection: Connection,
  port: number,
  { assets, linkSecret, howToOpen, program = 'codeseeder', command }: ConsoleOptions = {},
): Promise<RunningConsole> {
  const files = assets ?? (await readAssets());
  const server = createServer();
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  const session = new Session(own, linkSecret);
  const servedBy = `${program} ${command ?? `console -s ${connection.seedkit}`}`;
  const api = new ConsoleApi(connection, { program, servedBy });
  const site = new ConsoleSite(`${LOOPBACK}:${own}`, session, api, files, howToOpen);
  server.on('request', (request, response) => void site.answer(request, response));
  const url = `http://${LOOPBACK}:${own}`;
  return {
    url,
    address: `${url}/?token=${site.session.token}`,
    async close() {
      site.api.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Addresses of pages. One file shows all of them. */
const PAGES = /^\/(|maps|targets|seedkit|(runs|maps)\/[^/]+)$/;

/** Checks each request, then answers it with a page or by the API. */
class ConsoleSite {
  readonly session: Session;
  readonly api: ConsoleApi;
  readonly #own: string;
  readonly #files: ReadonlyMap<string, Asset>;
  readonly #howToOpen: string | undefined;

  constructor(
    own: string,
    session: Session,
    api: ConsoleApi,
    files: ReadonlyMap<string, Asset>,
    howToOpen: string | undefined,
  ) {
    this.session = session;
    this.api = api;
    this.#own = own;
    this.#files = files;
    this.#howToOpen = howToOpen;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.canParse(request.url ?? '', `http://${this.#own}`)
      ? new URL(request.url ?? '', `http://${this.#own}`)
      : undefined;
    if (url === undefined) return send(response, 400, '', {});
    const isApi = url.pathname.startsWith('/api/');
    const foreign = refuseForeign(request, this.#own, !isApi);
    if (foreign !== undefined) return refuse(response, foreign, isApi);
    if (this.#exchangeToken(url, request, response)) return undefined;
    const refusal =
      refuseStranger(request, this.session, this.#howToOpen) ?? this.#refuseMethod(request, isApi);
    if (refusal !== undefined) return refuse(response, refusal, isApi);
    if (isApi) return this.api.answer(url, request, response);
    return this.#sendFile(url.pathname, response);
  }

  /** Opens the session for a request with the token, and leads to the same page without it. */
  #exchangeToken(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
    const token = url.searchParams.get('token');
    if (token === null || request.method !== 'GET' || this.session.isOpen(request.headers)) return false;
    const cookie = this.session.exchange(token);
    if (cookie === undefined) return false;
    send(response, 303, '', { location: url.pathname, 'set-cookie': cookie });
    return true;
  }

  #refuseMethod(request: IncomingMessage, isApi: boolean): Refusal | undefined {
    if (request.method === 'GET' || request.method === 'HEAD') return undefined;
    if (request.method === 'POST' && isApi) return refuseForgedAction(request, this.#own);
    return { status: 405, message: `${request.method} is not allowed here.` };
  }

  /** Sends a file, or the one page that shows every address of the console. */
  #sendFile(pathname: string, response: ServerResponse): void {
    const isPage = PAGES.test(pathname);
    const file = this.#files.get(isPage ? 'index.html' : pathname.slice(1));
    if (file === undefined) return send(response, 404, 'Not found.', { 'content-type': 'text/plain' });
    return send(response, 200, file.content, { 'content-type': file.type });
  }
}

function refuse(response: ServerResponse, { status, message }: Refusal, isApi: boolean): void {
  if (isApi) return sendProblem(response, status, { code: String(status), message });
  return send(response, status, pageOf(message), { 'content-type': 'text/html; charset=utf-8' });
}

/** Returns a page that can be read on each width, light and dark, without other files, which need a session. */
function pageOf(message: string): string {
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>codeseeder console</title>',
  ];
  const again = 'If this console is open in this browser already: <a href="">open this page again</a>.';
  return `<!doctype html><html lang="en">${head.join('')}<main><h1>codeseeder console</h1><p>${message}</p><p>${again}</p></main></html>`;
}
