import { boundedText } from '../../lib/contract/bounded-text.js';
import type { RemoteErrorDetail } from '../../lib/contract/run-result.js';

/** How many errors of a chain of causes are told. */
const CAUSES_TOLD = 5;

/** Longer texts say no more, and would make a failure as large as a value may be. */
const TEXT_MAX_CHARACTERS = 1_000_000;

/**
 * Describes whatever was thrown. `code` is told for errors of ours, whose name is their code. The stack's places
 * are relative to the bundle, so that they read `src/deploy.ts:12:9` as in the project they come from.
 */
export function describeError(thrown: unknown, bundleFolder: string, depth = CAUSES_TOLD): RemoteErrorDetail {
  try {
    if (!isError(thrown)) return { name: 'NonError', message: describeNonError(thrown) };
    const { name, message } = thrown;
    const stack = stackOf(thrown, bundleFolder);
    const code = 'code' in thrown && thrown.code === name ? name : undefined;
    const cause = causeOf(thrown);
    return {
      name: textOf(name),
      message: textOf(message === '' ? messageOfParts(thrown) : message),
      ...(stack !== undefined && { stack }),
      ...(code !== undefined && { code }),
      ...(cause !== undefined && depth > 1 && { cause: describeError(cause, bundleFolder, depth - 1) }),
    };
  } catch (fault) {
    // A getter or a proxy of the thrown value that throws itself.
    return { name: 'NonError', message: `What was thrown cannot be read: ${describeNonError(fault)}` };
  }
}

/** An error and its causes, as a reader of the log expects them. */
export function renderForLog({ name, message, stack, cause }: RemoteErrorDetail): string {
  const own = stack ?? `${name}: ${message}`;
  return cause === undefined ? own : `${own}\nCaused by: ${renderForLog(cause)}`;
}

function isError(thrown: unknown): thrown is Error {
  // Also errors of another realm, such as a vm context's.
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}

/** What brought an error about; of several errors in one, the first. */
function causeOf(error: Error): unknown {
  return error.cause ?? (error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined);
}

/** Several errors in one often have no message of their own, such as a connection refused on every address. */
function messageOfParts(error: Error): string {
  if (!(error instanceof AggregateError)) return '';
  return (error.errors as unknown[])
    .map((part) => (isError(part) ? part.message : describeNonError(part)))
    .join('; ');
}

function textOf(value: unknown): string {
  return boundedText(typeof value === 'string' ? value : describeNonError(value), TEXT_MAX_CHARACTERS);
}

function describeNonError(thrown: unknown): string {
  if (typeof thrown === 'string') return textOf(thrown);
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return textOf(isError(thrown) ? String(thrown) : JSON.stringify(thrown));
  } catch {
    // An object that has no text: a cycle without a prototype, say.
    return Object.prototype.toString.call(thrown);
  }
}

function stackOf(error: Error, bundleFolder: string): string | undefined {
  let stack: unknown;
  try {
    ({ stack } = error);
  } catch {
    // The stack is made when it is read, which fails for an error whose name is no text.
  }
  if (typeof stack !== 'string') return undefined;
  return textOf(stack.replaceAll(`file://${bundleFolder}/`, '').replaceAll(`${bundleFolder}/`, ''));
}
