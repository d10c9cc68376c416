import type { RemoteErrorDetail } from '../../lib/contract/run-result.js';

/** How many errors of a chain of causes are told. */
const CAUSES_TOLD = 5;

/**
 * Describes whatever was thrown. `code` is told for errors of ours, whose name is their code. The stack's places
 * are relative to the bundle, so that they read `src/deploy.ts:12:9` as in the project they come from.
 */
export function describeError(thrown: unknown, bundleFolder: string, depth = CAUSES_TOLD): RemoteErrorDetail {
  if (!isError(thrown)) return { name: 'NonError', message: describeNonError(thrown) };
  const code = 'code' in thrown && thrown.code === thrown.name ? thrown.name : undefined;
  return {
    name: String(thrown.name),
    message: String(thrown.message),
    ...(typeof thrown.stack === 'string' && { stack: relativeStack(thrown.stack, bundleFolder) }),
    ...(code !== undefined && { code }),
    ...(thrown.cause !== undefined &&
      depth > 1 && { cause: describeError(thrown.cause, bundleFolder, depth - 1) }),
  };
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

function describeNonError(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    // An object that has no text: a cycle without a prototype, say.
    return Object.prototype.toString.call(thrown);
  }
}

function relativeStack(stack: string, bundleFolder: string): string {
  return stack.replaceAll(`file://${bundleFolder}/`, '').replaceAll(`${bundleFolder}/`, '');
}
