import type { IncomingMessage } from 'node:http';

/** Returns the answer to a request. The signal aborts if the page no longer waits for it. */
export type Answer = (
  query: URLSearchParams,
  request: IncomingMessage,
  signal: AbortSignal,
) => Promise<unknown>;

/** The answers of the API about one subject. */
export interface ApiPart {
  /** Returns the answer to a method and path, such as `GET /api/runs`; undefined if the part has none. */
  answerOf(route: string): Answer | undefined;
  close?(): void;
}
