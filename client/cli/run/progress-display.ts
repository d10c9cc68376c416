import type { Terminal } from '../terminal.js';
import { openEventLines } from './event-lines.js';
import type { Display, DisplayedEnd, DisplayOptions } from './display.js';
import { openFoldedDisplay } from './folded-display.js';
import { inOrder, type News } from './ordered-news.js';

/** Shows the progress of a run on standard error, or as JSON lines on standard output. */
export interface ProgressDisplay extends News {
  /** Stops the output, so a question can be asked. Events and lines are kept. */
  pause(): void;
  /** Shows what was kept, and continues. */
  resume(): void;
  /** Shows what is left, and ends the display. Further calls do nothing. */
  close(end?: DisplayedEnd): void;
}

/** Opens the display that suits the terminal and the flags. */
export function openProgressDisplay(terminal: Terminal, options: DisplayOptions = {}): ProgressDisplay {
  const display = displayOf(terminal, options);
  const ordered = inOrder(display);
  const kept: (() => void)[] = [];
  let isPaused = false;
  let isClosed = false;
  const show = (print: () => void) => void (isPaused ? kept.push(print) : print());
  const showKept = () => {
    isPaused = false;
    for (const print of kept.splice(0)) print();
  };
  return {
    onProgress: (event) => show(() => ordered.onProgress(event)),
    onLog: (line) => show(() => ordered.onLog(line)),
    pause() {
      if (!isPaused) display.hide();
      isPaused = true;
    },
    resume() {
      if (!isPaused) return;
      display.unhide();
      showKept();
    },
    close(end = { hasFailed: false, errorLines: new Set() }) {
      if (isClosed) return;
      isClosed = true;
      showKept();
      ordered.flush();
      display.end(end);
      display.hide();
    },
  };
}

function displayOf(terminal: Terminal, options: DisplayOptions): Display {
  if (options.ndjson === true) return openEventLines(terminal, options);
  if (options.quiet === true) return SILENT;
  return openFoldedDisplay(terminal, options);
}

const nothing = () => undefined;

/** The display of `--quiet`. */
const SILENT: Display = { onProgress: nothing, onLog: nothing, hide: nothing, unhide: nothing, end: nothing };
