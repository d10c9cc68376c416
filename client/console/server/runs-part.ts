import type { Connection } from '../../connection/connection.js';
import type { Answer, ApiPart } from './api-part.js';
import { readJsonBody } from './answer.js';
import { Feeds } from './feeds.js';
import { LogFeed } from './log-feed.js';
import {
  again,
  ARGUMENTS_MAX_BYTES,
  cancel,
  definitionView,
  knownRun,
  requestView,
  valueView,
} from './run-api.js';
import { MapNames } from './map-names.js';
import { RunFeed } from './run-feed.js';
import { changesOfRuns, hoursOfRuns, pageOfRuns } from './runs-api.js';

/** Answers about runs. */
export class RunsPart implements ApiPart {
  readonly #connection: Connection;
  readonly #runs: Feeds<Promise<RunFeed>>;
  readonly #logs: Feeds<Promise<LogFeed>>;
  readonly #mapNames: MapNames;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#mapNames = new MapNames(connection);
    this.#runs = new Feeds(async (runId, signal) => new RunFeed(await knownRun(runId, connection), signal));
    this.#logs = new Feeds(async (runId, signal) => new LogFeed(await knownRun(runId, connection), signal));
  }

  answerOf(route: string): Answer | undefined {
    const connection = this.#connection;
    switch (route) {
      case 'GET /api/runs':
        return (query, _, signal) => pageOfRuns(connection, query, this.#mapNames, signal);
      case 'GET /api/changes':
        return (query, _, signal) => changesOfRuns(connection, query, this.#mapNames, signal);
      case 'GET /api/hours':
        return (query, _, signal) => hoursOfRuns(connection, query, Date.now(), signal);
      default: {
        const [, method = '', runId = '', what = ''] =
          /^(GET|POST) \/api\/runs\/([^/]+)\/(\w+)$/.exec(route) ?? [];
        // A run's id has no character that is escaped.
        return this.#answerOfRun(`${method} ${what}`, runId);
      }
    }
  }

  close(): void {
    this.#runs.close();
    this.#logs.close();
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
        return async (_, request) => again(await run(), await readJsonBody(request, ARGUMENTS_MAX_BYTES));
      default:
        return undefined;
    }
  }

  /** Returns the state of a run, or only its version if the page has it. */
  #view(runId: string, known: number): Promise<unknown> {
    return this.#runs.read(runId, async (feed) => {
      const view = await (await feed).view();
      return view.version === known ? { version: known } : view;
    });
  }

  #log(runId: string, from: number): Promise<unknown> {
    const start = Number.isSafeInteger(from) && from > 0 ? from : 0;
    return this.#logs.read(runId, async (feed) => (await feed).page(start));
  }

  #event(runId: string, id: number): Promise<unknown> {
    return this.#runs.read(runId, async (feed) => ({ data: (await feed).dataOf(id) ?? '{}' }));
  }
}
