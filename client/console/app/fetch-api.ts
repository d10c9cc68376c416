import { ACTION_HEADER, type Problem, type SeedkitInfo } from '../api.js';
import { describeProblem } from './model/problem-text.js';

/** Thrown if the console's server answers with an error, or does not answer: then `status` is 0. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: Problem) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether the same request may succeed later: AWS throttled it or did not answer, or the console does not. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

/** Reads from the API. @throws ApiError */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await request(path, signal === undefined ? {} : { signal }));
}

/** Starts an action of the API. @throws ApiError */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', [ACTION_HEADER]: '1' };
  return answerOf<T>(await request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'ConsoleUnreachable', message: 'The console does not answer.' });
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const answer: unknown = await response.json();
  if (response.ok) return answer as T;
  throw new ApiError(response.status, answer as Problem);
}

/** Returns the message of an error to show. */
export function messageOf(error: unknown, info: SeedkitInfo | undefined): string {
  if (error instanceof ApiError) return describeProblem(error, info);
  return error instanceof Error ? error.message : String(error);
}
