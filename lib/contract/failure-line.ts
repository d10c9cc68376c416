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

/** A failed command, as CodeBuild's message about it in a failure has it. */
interface FailedCommand {
  /** The whole command. */
  readonly command: string;
  /** Why it failed, such as `exit status 1`. */
  readonly reason: string;
  /** What the message says after the reason. */
  readonly rest: string;
}

/** Returns the failed command that a failure is about; undefined for another failure. */
function failedCommandOf({ code, message }: RunFailure): FailedCommand | undefined {
  const found = OF_COMMAND.has(code) ? FAILED_COMMAND.exec(message) : null;
  if (found === null) return undefined;
  const [whole, command = '', reason = ''] = found;
  const rest = message.slice(found.index + whole.length).replace(/^[.;\s]+/, '');
  return { command, reason: reason.trim(), rest };
}

/** Returns exit status, phase and first line of a failed command; undefined for another failure. */
function commandLineOf(failure: RunFailure): string | undefined {
  const { phase } = failure;
  const failed = failedCommandOf(failure);
  if (failed === undefined) return undefined;
  const where = phase === undefined || phase === 'BUILD' ? '' : ` in ${phase}`;
  const first = firstLineOf(failed.command);
  const more = failed.command.trim().includes('\n') ? ' …' : '';
  return `${failed.reason}${where}: ${first}${more}`;
}

/**
 * Returns a failure as the end of a run shows it: for a failed command the line of {@link failureLine}, and below it
 * what the message says after the exit status, otherwise the whole message with the code in front.
 */
export function failureText(failure: RunFailure): string {
  const { code, message } = failure;
  const failed = failedCommandOf(failure);
  if (failed === undefined) return message.startsWith(`${code}: `) ? message : `${code}: ${message}`;
  return [failureLine(failure), failed.rest].filter((line) => line !== '').join('\n');
}

/**
 * Returns the exit code with which a command of the run failed the run. Undefined if the run failed for another reason,
 * or if CodeBuild's message does not have the exit code.
 */
export function exitCodeOfCommand(failure: RunFailure | undefined): number | undefined {
  if (failure?.code !== 'CommandFailed') return undefined;
  const [, digits] = /^exit status (\d+)$/.exec(failedCommandOf(failure)?.reason ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function firstLineOf(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}
