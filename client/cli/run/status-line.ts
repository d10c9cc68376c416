import { printLine, type Terminal } from '../terminal.js';
import { columnsOf, fittedTo } from '../text-columns.js';

/** Time between two frames of the line. */
const FRAME_MS = 100;

/**
 * Columns at the end that stay free: some terminals start a new row after a character in the last one, and a terminal
 * shows Ctrl-C as two characters.
 */
const FREE_COLUMNS = 3;

/** A line at the end of the output that is drawn again when it changes. Other lines are printed above it. */
export interface StatusLine {
  /** Prints lines above the line. */
  print(text: string): void;
  /** Removes the line until it is shown again. */
  hide(): void;
  show(): void;
}

/**
 * Opens a line on a terminal.
 * @param textAt returns the text of the line in plain characters, given the number of the picture
 */
export function openStatusLine(terminal: Terminal, textAt: (frame: number) => string): StatusLine {
  const { stderr } = terminal;
  let drawnColumns = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const clear = () => {
    if (drawnColumns === 0) return;
    // A terminal that has become narrower shows the line as several rows.
    const rows = Math.ceil(drawnColumns / (stderr.columns ?? drawnColumns));
    stderr.write(`\r${rows > 1 ? `\u001B[${rows - 1}A` : ''}\u001B[J`);
    drawnColumns = 0;
  };
  const draw = () => {
    clear();
    const text = fittedTo(Math.max(1, (stderr.columns ?? 80) - FREE_COLUMNS), textAt(frame));
    stderr.write(text);
    drawnColumns = columnsOf(text);
  };
  return {
    print(text) {
      clear();
      printLine(stderr, text);
      if (timer !== undefined) draw();
    },
    hide() {
      clearInterval(timer);
      timer = undefined;
      clear();
    },
    show() {
      if (timer !== undefined) return;
      timer = setInterval(() => {
        frame += 1;
        draw();
      }, FRAME_MS);
      timer.unref();
      draw();
    },
  };
}
