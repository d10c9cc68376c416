import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Connection } from '../../connection/connection.js';
import type { SeedkitInfo } from '../api.js';
import { readJsonBody, sendError, sendJson, sendProblem } from './answer.js';
import { Feeds } from './feeds.js';
import { LogFeed } from './log-feed.js';
import { again, cancel, definitionView, knownRun, requestView, valueView } from './run-api.js';
import { RunFeed } from './run-feed.js';
import { changesOfRuns, hoursOfRuns, pageOfRuns } from './runs-api.js';

/** Returns the answer to a request. */
type Answer = (query: URLSearchParams, request: IncomingMessage) => Promise<unknown>;

/** The JSON API of the console, over one connection to a seedkit. */
export class ConsoleApi {
  readonly #connection: Connection;
  readonly #runs: Feeds<Promise<RunFeed>>;
  readonly #logs: Feeds<Promise<LogFeed>>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#runs = new Feeds(async (runId, signal) => new RunFeed(await knownRun(runId, connection), signal));
    this.#logs = new Feeds(async (runId, signal) => new LogFeed(await knownRun(runId, connection), signal));
  }

  /** Answers a request below `/api/`. */
  async answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = this.#answerOf(`${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`);
      if (answer === undefined) {
        sendProblem(response, 404, { code: 'NotFound', message: `There is no ${url.pathname}.` });
        return;
      }
      sendJson(response, 200, await answer(url.searchParams, request));
    } catch (error) {
      sendError(response, error);
    }
  }

  close(): void {
    this.#runs.close();
    this.#logs.close();
  }

  #answerOf(route: string): Answer | undefined {
    const connection = this.#connection;
    switch (route) {
      case 'GET /api/seedkit':
        return () => this.#info();
      case 'GET /api/runs':
        return (query) => pageOfRuns(connection, query);
      case 'GET /api/changes':
        return (query) => changesOfRuns(connection, query);
      case 'GET /api/hours':
        return (query) => hoursOfRuns(connection, query, Date.now());
      default: {
        const [, method = '', runId = '', what = ''] =
          /^(GET|POST) \/api\/runs\/([^/]+)\/(\w+)$/.exec(route) ?? [];
        // A run's id has no character that is escaped.
        return this.#answerOfRun(`${method} ${what}`, runId);
      }
    }
  }

  #answerOfRun(route: string, runId: string): Answer | undefined {
    const run = () => knownRun(runId, this.#connection);
    switch (route) {
      case 'GET view':
        return (query) => this.#view(runId, Number(query.get('version') ?? 0));
      case 'GET log':
        return (query) => this.#log(runId, Number(query.get('from') ?? 0));
      case 'GET event':
        return (query) => this.#event(runId, Number(query.get('id') ?? 0));
      case 'GET request':
        return async () => requestView(await run());
      case 'GET definition':
        return async () => definitionView(await run());
      case 'GET value':
        return async () => valueView(await run());
      case 'POST cancel':
        return async (_, request) => cancel(await run(), await readJsonBody(request));
      case 'POST again':
        return async (_, request) => {
          await readJsonBody(request);
          return again(await run());
        };
      default:
        return undefined;
    }
  }

  async #info(): Promise<SeedkitInfo> {
    const { stateMachineArn } = await this.#connection.deployed();
    const [, , , region = '', account = ''] = stateMachineArn.split(':');
    return { seedkit: this.#connection.seedkit, region, account };
  }

  /** Returns the state of a run, or only its version if the page has it. A feed that failed is opened again. */
  async #view(runId: string, known: number): Promise<unknown> {
    try {
      const view = await (await this.#runs.get(runId)).view();
      return view.version === known ? { version: known } : view;
    } catch (error) {
      this.#runs.drop(runId);
      throw error;
    }
  }

  async #log(runId: string, from: number): Promise<unknown> {
    const start = Number.isSafeInteger(from) && from > 0 ? from : 0;
    return (await this.#logs.get(runId)).page(start);
  }

  async #event(runId: string, id: number): Promise<unknown> {
    return { data: (await this.#runs.get(runId)).dataOf(id) ?? '{}' };
  }
}
