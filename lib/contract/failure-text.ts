import { boundedText } from './bounded-text.js';
import {
  FAILURE_MESSAGE_MAX_CHARACTERS,
  FAILURE_STACK_MAX_CHARACTERS,
  SOURCE_EXCERPT_MAX,
} from './limits.js';
import type { RunFailure } from './run-record.js';
import type { RemoteErrorDetail, SourceExcerpt } from './run-result.js';

/** Maximum number of errors in a stored chain of causes, including the thrown error. */
const CAUSES_KEPT = 4;
const NAME_MAX_CHARACTERS = 256;

/**
 * Truncates the texts of a failure to fit the record and the event. Each message has a limit, and the stacks of all
 * causes together have one.
 *
 * @param share fraction of the limits to use, above 0 and up to 1
 */
export function boundedFailure(failure: RunFailure, share = 1): RunFailure {
  const messageMax = Math.floor(FAILURE_MESSAGE_MAX_CHARACTERS * share);
  const stackMax = Math.floor(FAILURE_STACK_MAX_CHARACTERS * share);
  const { remote, ...rest } = failure;
  const message = boundedText(failure.message, messageMax);
  if (remote === undefined) return { ...rest, message };
  return { ...rest, message, remote: boundedRemote(remote, messageMax, stackMax, CAUSES_KEPT) };
}

function boundedRemote(
  error: RemoteErrorDetail,
  messageMax: number,
  stackMax: number,
  depth: number,
): RemoteErrorDetail {
  const stack = error.stack === undefined ? undefined : boundedText(error.stack, stackMax);
  const stackLeft = stackMax - (stack?.length ?? 0);
  const cause = depth > 1 ? error.cause : undefined;
  return {
    name: boundedText(error.name, NAME_MAX_CHARACTERS),
    message: boundedText(error.message, messageMax),
    stack: stackMax > 0 ? stack : undefined,
    // Without room for the stack there is none for the code either.
    source: stackMax > 0 ? boundedSource(error.source) : undefined,
    code: error.code === undefined ? undefined : boundedText(error.code, NAME_MAX_CHARACTERS),
    cause: cause && boundedRemote(cause, messageMax, Math.max(0, stackLeft), depth - 1),
  };
}

/** Cuts an excerpt to the size of those that the runners write. The user's code can write a larger one. */
function boundedSource(source: SourceExcerpt | undefined): SourceExcerpt | undefined {
  if (source === undefined) return undefined;
  const { lines, lineCharacters } = SOURCE_EXCERPT_MAX;
  return {
    ...source,
    file: boundedText(source.file, lineCharacters),
    lines: source.lines.slice(0, lines).map((line) => boundedText(line, lineCharacters)),
  };
}
