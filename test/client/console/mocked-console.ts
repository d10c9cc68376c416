import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

import { connect } from '../../../client/connection/connection.js';
import {
  type ConsoleOptions,
  type RunningConsole,
  startConsole,
} from '../../../client/console/server/start-console.js';
import { AWS } from '../mocked-account.js';

const ASSETS = new Map([
  ['index.html', { type: 'text/html; charset=utf-8', content: Buffer.from('the page') }],
  ['app.js', { type: 'text/javascript; charset=utf-8', content: Buffer.from('the program') }],
]);

export interface Call {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A console over the mocked account, with a browser's session. */
export interface OpenConsole {
  readonly running: RunningConsole;
  call(path: string, call?: Call): Promise<Answer>;
  /** Returns the headers of a request that the console's own pages send. */
  own(more?: OutgoingHttpHeaders): OutgoingHttpHeaders;
  /** Returns the headers of an action of the console's own pages. */
  action(more?: OutgoingHttpHeaders): OutgoingHttpHeaders;
  /** Reads from the API as the console's pages do. */
  get(path: string): Promise<Answer>;
  /** Starts an action of the API as the console's pages do. */
  post(path: string, body: unknown): Promise<Answer>;
}

/** Starts a console without a session. */
export function startMockedConsole(options: ConsoleOptions = {}): Promise<RunningConsole> {
  return startConsole(connect('demo', AWS), 0, { assets: ASSETS, ...options });
}

/** Starts a console and opens its session. */
export async function openConsole(options: ConsoleOptions = {}): Promise<OpenConsole> {
  const running = await startMockedConsole(options);
  const { pathname, search } = new URL(running.address);
  const { headers } = await callTo(running, `${pathname}${search}`);
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const own = (more: OutgoingHttpHeaders = {}): OutgoingHttpHeaders => ({ cookie, ...more });
  const action = (more: OutgoingHttpHeaders = {}): OutgoingHttpHeaders =>
    own({
      origin: running.url,
      'content-type': 'application/json',
      'x-codeseeder-console': '1',
      ...more,
    });
  return {
    running,
    call: (path, call) => callTo(running, path, call),
    own,
    action,
    get: (path) => callTo(running, path, { headers: own() }),
    post: (path, body) =>
      callTo(running, path, { method: 'POST', headers: action(), body: JSON.stringify(body) }),
  };
}

/** Sends a request to a console. */
export async function callTo(
  { url }: RunningConsole,
  path: string,
  { method = 'GET', headers = {}, body }: Call = {},
): Promise<Answer> {
  const sent = request(`${url}${path}`, { method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
