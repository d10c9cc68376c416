import type { ProgressEvent } from '../../progress-types.js';
import { printLine, type Terminal } from '../terminal.js';
import type { Display } from './display.js';

/**
 * An object that `--ndjson` prints as a line on standard output: an event of the run, a line of its log, and as the
 * last one the result that `--json` prints. Readers ignore types and members that they do not know.
 */
export type EventLine =
  | ProgressEvent
  /** A line of the log, as CodeBuild has it. */
  | { readonly type: 'log'; readonly message: string }
  | ({ readonly type: 'result' } & Readonly<Record<string, unknown>>);

/** Prints an object as a line on standard output. */
export function printEventLine(terminal: Terminal, line: EventLine): void {
  printLine(terminal.stdout, JSON.stringify(line));
}

/** Opens the display of `--ndjson`. */
export function openEventLines(terminal: Terminal): Display {
  return {
    onProgress: (event) => printEventLine(terminal, event),
    onLog: (message) => printEventLine(terminal, { type: 'log', message }),
    hide: () => undefined,
    unhide: () => undefined,
    end: () => undefined,
  };
}
