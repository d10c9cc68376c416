import type { IncomingMessage } from 'node:http';

/** Returns the answer to a request. */
export type Answer = (query: URLSearchParams, request: IncomingMessage) => Promise<unknown>;

/** The answers of the API about one subject. */
export interface ApiPart {
  /** Returns the answer to a method and path, such as `GET /api/runs`; undefined if the part has none. */
  answerOf(route: string): Answer | undefined;
  close?(): void;
}
