import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Connection } from '../../connection/connection.js';
import { sendError, sendJson, sendProblem } from './answer.js';
import type { ApiPart } from './api-part.js';
import { MapsPart } from './maps-part.js';
import { repeated } from './repeat.js';
import { RunsPart } from './runs-part.js';
import { type ServedConsole, SeedkitPart } from './seedkit-part.js';
import { withShownProblems } from './shown-problems.js';
import { TargetsPart } from './targets-part.js';

/** The JSON API of the console, over one connection to a seedkit. */
export class ConsoleApi {
  readonly #parts: readonly ApiPart[];
  readonly #served: ServedConsole;

  constructor(connection: Connection, served: ServedConsole) {
    this.#served = served;
    const parts = [RunsPart, MapsPart, TargetsPart].map((Part) => new Part(connection));
    this.#parts = [...parts, new SeedkitPart(connection, served)];
  }

  /**
   * Answers a request below `/api/`. A read that AWS throttles or does not answer is repeated. An action is not,
   * because it may have had its effect. Commands in errors start as the console's own command was called.
   */
  async answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = `${method} ${url.pathname}`;
    try {
      const answer = this.#parts.map((part) => part.answerOf(route)).find((found) => found !== undefined);
      if (answer === undefined) {
        sendProblem(response, 404, { code: 'NotFound', message: `There is no ${url.pathname}.` });
        return;
      }
      const signal = closeSignal(response);
      const call = () => answer(url.searchParams, request, signal);
      const isWanted = () => !signal.aborted;
      const found = method === 'GET' ? await repeated(call, isWanted) : await call();
      sendJson(response, 200, withShownProblems(found, this.#served));
    } catch (error) {
      sendError(response, error, this.#served);
    }
  }

  close(): void {
    for (const part of this.#parts) part.close?.();
  }
}

/** Returns a signal that aborts when a page has left, so that nothing more is read for it. */
function closeSignal(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once('close', () => left.abort());
  return left.signal;
}
