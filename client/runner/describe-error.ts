import { boundedText } from '../../lib/contract/bounded-text.js';
import { SOURCE_EXCERPT_MAX } from '../../lib/contract/limits.js';
import type { RemoteErrorDetail, SourceExcerpt } from '../../lib/contract/run-result.js';
import type { HideSecrets } from './hidden-secrets.js';
import { sourceExcerpt } from './source-excerpt.js';

/** Maximum number of nested causes of an error in a result. */
const CAUSES_MAX = 5;
/** Maximum number of errors of an AggregateError in its stack. */
const PARTS_MAX = 10;

/** Longer texts are truncated, so that the description of an error does not exceed the size limit of a result. */
const TEXT_MAX_CHARACTERS = 1_000_000;

/** The build in which a value was thrown. */
export interface ThrowingBuild {
  readonly bundleFolder: string;
  readonly hideSecrets: HideSecrets;
}

/**
 * Describes a thrown value for `result.json`. Errors of codeseeder have a `code`, which is also their name. Paths in
 * the stack are relative to the bundle, such as `src/deploy.ts:12:9`, as in the user's project. Secrets are replaced by
 * `***`.
 */
export function describeError(thrown: unknown, build: ThrowingBuild, depth = CAUSES_MAX): RemoteErrorDetail {
  const shown = (value: unknown): string => bounded(build.hideSecrets(textOf(value)));
  try {
    if (!isError(thrown)) return { name: 'NonError', message: shown(thrown) };
    const { name, message } = thrown;
    const cause = depth > 1 ? causeOf(thrown) : undefined;
    const stack = stackOf(thrown, build.bundleFolder);
    return {
      name: shown(name),
      message: shown(message === '' ? messageOfParts(thrown) : message),
      stack: stack === undefined ? undefined : shown(stack),
      source: shownSource(stack, build),
      code: 'code' in thrown && thrown.code === name ? shown(name) : undefined,
      cause: cause === undefined ? undefined : describeError(cause, build, depth - 1),
    };
  } catch (fault) {
    // A getter or proxy of the thrown value threw an error when it was read.
    return { name: 'NonError', message: `The thrown value cannot be read: ${shown(fault)}` };
  }
}

/** Returns the code where an error was thrown, without secrets. */
function shownSource(
  stack: string | undefined,
  { bundleFolder, hideSecrets }: ThrowingBuild,
): SourceExcerpt | undefined {
  const source = stack === undefined ? undefined : sourceExcerpt(stack, bundleFolder);
  if (source === undefined) return undefined;
  const { lineCharacters } = SOURCE_EXCERPT_MAX;
  // Hidden as one text, because a secret may have several lines.
  const lines = hideSecrets(source.lines.join('\n')).split('\n');
  return { ...source, lines: lines.map((line) => boundedText(line, lineCharacters)) };
}

/** Renders an error and its causes for the log. */
export function renderForLog({ name, message, stack, cause }: RemoteErrorDetail): string {
  const own = stack ?? `${name}: ${message}`;
  return cause === undefined ? own : `${own}\nCaused by: ${renderForLog(cause)}`;
}

function isError(thrown: unknown): thrown is Error {
  // Includes errors of another realm, such as a vm context.
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}

/** Returns the cause of an error; the first error of an AggregateError. */
function causeOf(error: Error): unknown {
  return error.cause ?? (error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined);
}

/**
 * Joins the messages of the errors in an AggregateError, which often has no message of its own, such as for a
 * connection refused on every address.
 */
function messageOfParts(error: Error): string {
  if (!(error instanceof AggregateError)) return '';
  return (error.errors as unknown[])
    .map((part) => (isError(part) ? part.message : describeNonError(part)))
    .join('; ');
}

/** Truncates a text. Call it after secrets were hidden, because a truncated secret would not be recognized. */
function bounded(text: string): string {
  return boundedText(text, TEXT_MAX_CHARACTERS);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describeNonError(value);
}

function describeNonError(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return isError(thrown) ? String(thrown) : textOf(JSON.stringify(thrown));
  } catch {
    // The object cannot be converted to text, such as an object with a cycle and without a prototype.
    return Object.prototype.toString.call(thrown);
  }
}

function stackOf(error: Error, bundleFolder: string): string | undefined {
  let stack: unknown;
  try {
    ({ stack } = error);
  } catch {
    // Node computes the stack when it is first read. This throws if the error's name is not a string.
  }
  if (typeof stack !== 'string') return undefined;
  const own = stack.replaceAll(`file://${bundleFolder}/`, '').replaceAll(`${bundleFolder}/`, '');
  return own + stacksOfParts(error, bundleFolder);
}

/** Returns the stacks of the errors of an AggregateError, as Node.js prints them. */
function stacksOfParts(error: Error, bundleFolder: string): string {
  if (!(error instanceof AggregateError)) return '';
  const parts = error.errors as unknown[];
  const stacks = parts.slice(0, PARTS_MAX).map((part) => {
    const stack = isError(part) && part !== error ? stackOf(part, bundleFolder) : undefined;
    return `\n${stack ?? describeNonError(part)}`.replaceAll('\n', '\n    ');
  });
  const more = parts.length > PARTS_MAX ? `\n    ... and ${parts.length - PARTS_MAX} more` : '';
  return `\n  [errors]: [${stacks.join('')}${more}\n  ]`;
}
