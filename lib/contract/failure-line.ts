import { wellFormed } from './bounded-text.js';
import type { RunFailure } from './run-record.js';

/** Longest line of a failure in a list, in characters. */
export const FAILURE_LINE_MAX_CHARACTERS = 300;

/** Matches CodeBuild's message about a failed command. */
const FAILED_COMMAND = /Error while executing command: ([^]*)\. Reason: (exit status \d+|[^.;\n]*)/;

/**
 * Returns a failure as one line for a list, with what tells it from other failures first: for a failed command its
 * exit status and its first line, such as `CommandFailed: exit status 1: npm test`, and for an error that the target
 * threw the error's name. A line of more than {@link FAILURE_LINE_MAX_CHARACTERS} is truncated.
 */
export function failureLine(failure: RunFailure): string {
  const { code, message } = failure;
  const line = commandLineOf(failure) ?? firstLineOf(message);
  const isWhole = line.startsWith(`${code}:`) || (line !== '' && NAMED_BY_MESSAGE.has(code));
  const shown = isWhole ? line : [code, line].filter((part) => part !== '').join(': ');
  return shown.length <= FAILURE_LINE_MAX_CHARACTERS
    ? shown
    : `${wellFormed(shown.slice(0, FAILURE_LINE_MAX_CHARACTERS - 1))}…`;
}

/** Codes that say less than the message, which starts with the name of an error or says that the run was canceled. */
const NAMED_BY_MESSAGE: ReadonlySet<string> = new Set(['RemoteError', 'RunCanceled']);

/** Codes whose failures are about a command of the build. */
const OF_COMMAND: ReadonlySet<string> = new Set(['CommandFailed', 'BuildFailed']);

/** Returns exit status, phase and first line of a failed command; undefined for another failure. */
function commandLineOf({ code, message, phase }: RunFailure): string | undefined {
  const [, command, reason = ''] = (OF_COMMAND.has(code) && FAILED_COMMAND.exec(message)) || [];
  if (command === undefined) return undefined;
  const where = phase === undefined || phase === 'BUILD' ? '' : ` in ${phase}`;
  const first = firstLineOf(command);
  const more = command.trim().includes('\n') ? ' …' : '';
  return `${reason.trim()}${where}: ${first}${more}`;
}

function firstLineOf(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}
