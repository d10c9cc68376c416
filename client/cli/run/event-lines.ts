import type { UndatedEventLine } from '../output-types.js';
import { printJsonLine, type Terminal } from '../terminal.js';
import type { Display, DisplayOptions } from './display.js';
import { phaseAt } from './ordered-news.js';

/** Prints an object and the present time as a line on standard output. */
export function printEventLine(terminal: Terminal, line: UndatedEventLine): void {
  printJsonLine<'run --ndjson'>(terminal, { time: new Date().toISOString(), ...line });
}

/** Opens the display of `--ndjson`, which gives each line of the log its run and its phase. */
export function openEventLines(terminal: Terminal, { runId: known = '' }: DisplayOptions): Display {
  let runId = known;
  let phase: string | undefined;
  return {
    onProgress(event) {
      if (event.type === 'submitted') {
        ({ runId } = event);
        phase = undefined;
      }
      printEventLine(terminal, event);
    },
    onLog(message) {
      phase = message.split('\n').reduce(phaseAt, phase);
      printEventLine(terminal, { type: 'log', runId, phase, message });
    },
    hide: () => undefined,
    unhide: () => undefined,
    end: () => undefined,
  };
}
