/** Describes the error of a run in the lines that its end and `runs show` print. */
import { failureText, type RemoteErrorDetail, type RunFailure } from '../../../lib/contract/index.js';
import { RemoteError, type RunFailedError } from '../../errors.js';
import { isRunnerFrame } from '../../line-owners.js';
import { withCode } from '../describe-error.js';
import { wrapped } from '../help/wrapped.js';
import { fittedLines, widthOf } from '../print-problem.js';
import { severalLines } from '../printable.js';
import type { Terminal } from '../terminal.js';
import { drawSource } from './source-frame.js';

/** The output that gets the lines. A terminal gets them so that they fit its width. */
type Output = Pick<Terminal['stderr'], 'isTTY' | 'columns'>;

/** Flags that decide how a failure is described. */
export interface DescribedWith {
  /** Whether to print the whole message about a failed command. @default false: its exit status and its first line */
  readonly verbose?: boolean | undefined;
}

/** Returns the lines of an error with which a command ends, with the source code at its place. */
export function linesOfError(
  error: RemoteError | RunFailedError,
  output: Output,
  program: string,
  flags: DescribedWith = {},
): string[] {
  const { failure } = error.record;
  if (error instanceof RemoteError && failure?.remote !== undefined)
    return linesOfRemote(failure.remote, output);
  const { code, message } = failure ?? error;
  return linesOfText({ code, message }, output, program, flags);
}

/** Returns the lines of a recorded failure, with the source code at its place. */
export function linesOfFailure(failure: RunFailure, output: Output, program: string): string[] {
  const { remote } = failure;
  return remote === undefined ? linesOfText(failure, output, program, {}) : linesOfRemote(remote, output);
}

function linesOfText(failure: RunFailure, output: Output, program: string, { verbose }: DescribedWith) {
  const text = verbose === true ? withCode(failure.code, failure.message) : failureText(failure);
  return fittedLines(output, program, severalLines(text));
}

/** Returns the lines that the runner has logged for an error. */
export function loggedLinesOf(error: RemoteError | RunFailedError): ReadonlySet<string> {
  const lines = new Set<string>();
  const add = ({ name, message, stack, cause }: RemoteErrorDetail, before: string) => {
    const [first = '', ...rest] = (stack ?? `${name}: ${message}`).split('\n');
    for (const line of [`${before}${first}`, ...rest]) lines.add(line);
    if (cause !== undefined) add(cause, 'Caused by: ');
  };
  const remote = error.record.failure?.remote;
  if (remote !== undefined) add(remote, '');
  return lines;
}

/** Matches lines that are not broken: frames, and lines of code and lists in a message, which are indented. */
const WHOLE = /^(?:\s|Traceback )/;

function linesOfRemote(remote: RemoteErrorDetail, output: Output): string[] {
  const { source, stack = '' } = remote;
  const width = widthOf(output);
  const described = describeRemote(remote)
    .map(severalLines)
    .flatMap((line) => (WHOLE.test(line) ? [line] : wrapped(line, width)));
  // A Python traceback has its code itself.
  if (source === undefined || stack.startsWith('Traceback')) return described;
  const columns = (output.isTTY === true && output.columns) || undefined;
  return [...described, '', ...drawSource(source, columns).map(severalLines)];
}

/** Returns the lines in the form in which the runner logs the error, without its own frames. */
function describeRemote({ name, message, stack, cause }: RemoteErrorDetail): string[] {
  const own = (stack ?? `${name}: ${message}`).split('\n').filter((line) => !isRunnerFrame(line));
  if (cause === undefined) return own;
  const [first = '', ...rest] = describeRemote(cause);
  return [...own, `Caused by: ${first}`, ...rest];
}
