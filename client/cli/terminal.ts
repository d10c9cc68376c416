import type { Readable, Writable } from 'node:stream';

import { coloured } from './printable.js';
import type { Signals } from './signals.js';

/** Streams and environment of a command. Tests pass their own. */
export interface Terminal {
  /** Input for values that must not be on the command line, such as secrets. */
  readonly stdin: Readable & { isTTY?: boolean };
  /** Results only. */
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  /** Progress and errors. */
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** Aborts on Ctrl-C and on signals that end the process, unless the command handles them by `takeSignals`. */
  readonly interrupted: AbortSignal;
  readonly takeSignals: Signals['take'];
  /**
   * Calls back once when the process that started this one has ended. npx, for example, ends on SIGTERM without
   * forwarding it.
   * @returns a function that stops watching
   */
  readonly watchStarter: (ended: () => void) => () => void;
}

/** Writes a line. Characters that would act on the terminal are escaped, except for colours. */
export function printLine(stream: Writable, line = ''): void {
  stream.write(`${coloured(line)}\n`);
}

/** Prints the result of a command: as JSON with `--json`, otherwise as lines of text. */
export function printResult(
  terminal: Terminal,
  json: boolean,
  result: unknown,
  lines: () => readonly string[],
): void {
  if (json) printLine(terminal.stdout, JSON.stringify(result, undefined, 2));
  else for (const line of lines()) printLine(terminal.stdout, line);
}

/** Returns whether standard error is a terminal that can show a live line. */
export function isInteractive(terminal: Terminal): boolean {
  // Some containers have a terminal without a size, on which a line cannot be redrawn.
  return terminal.stderr.isTTY === true && terminal.stderr.columns !== 0 && !terminal.environment['CI'];
}

/** Returns whether results are printed in colour. @see https://no-color.org */
export function wantsColour(terminal: Terminal): boolean {
  return terminal.stdout.isTTY === true && !terminal.environment['NO_COLOR'];
}
