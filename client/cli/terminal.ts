import type { Readable, Writable } from 'node:stream';

import type { Signals } from './signals.js';

/** Where a command reads and writes; tests hand in their own. */
export interface Terminal {
  /** Values that are to be on no command line. */
  readonly stdin: Readable & { isTTY?: boolean };
  /** Results, and nothing else. */
  readonly stdout: Writable & { isTTY?: boolean };
  /** Progress and errors. */
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** Aborts when the user presses Ctrl-C or the process is told to end, unless a command takes its signals. */
  readonly interrupted: AbortSignal;
  readonly takeSignals: Signals['take'];
  /**
   * Calls back once when the process that started this one has ended, as npx does by SIGTERM without passing it on.
   * @returns stops watching
   */
  readonly watchStarter: (ended: () => void) => () => void;
}

export function printLine(stream: Writable, line = ''): void {
  stream.write(`${line}\n`);
}

/** The result of a command: JSON where `--json` asks for it, else lines for people. */
export function printResult(
  terminal: Terminal,
  json: boolean,
  result: unknown,
  lines: () => readonly string[],
): void {
  if (json) printLine(terminal.stdout, JSON.stringify(result, undefined, 2));
  else for (const line of lines()) printLine(terminal.stdout, line);
}

/** Whether moving, coloured output is wanted. @see https://no-color.org */
export function isInteractive(terminal: Terminal): boolean {
  // A terminal without a size, as some containers have, has no line to draw on again and again.
  return terminal.stderr.isTTY === true && terminal.stderr.columns !== 0 && !terminal.environment['CI'];
}

export function wantsColour(terminal: Terminal): boolean {
  return terminal.stdout.isTTY === true && !terminal.environment['NO_COLOR'];
}
