import type { EventLine } from '../output-types.js';
import { printJsonLine, type Terminal } from '../terminal.js';
import type { Display } from './display.js';

/** Prints an object as a line on standard output. */
export function printEventLine(terminal: Terminal, line: EventLine): void {
  printJsonLine<'run --ndjson'>(terminal, line);
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
