import ora, { type Ora } from 'ora';

import type { ProgressEvent } from '../../progress-types.js';
import { whereToSee } from '../../console-url.js';
import { coloured, oneLine } from '../printable.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';

/** Shows the progress of a run on standard error: a live line on a terminal, plain lines elsewhere. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onLog: (line: string) => void;
  /** Stops the output, so a question can be asked. Events and lines are kept. */
  pause(): void;
  /** Shows what was kept, and continues. */
  resume(): void;
  close(): void;
}

/** Opens the display that suits the terminal. */
export function openProgressDisplay(terminal: Terminal): ProgressDisplay {
  const display = isInteractive(terminal) ? openLiveDisplay(terminal) : openPlainDisplay(terminal);
  const kept: (() => void)[] = [];
  let isPaused = false;
  const show = (print: () => void) => void (isPaused ? kept.push(print) : print());
  const showKept = () => {
    isPaused = false;
    for (const print of kept.splice(0)) print();
  };
  return {
    onProgress: (event) => show(() => display.onProgress(event)),
    onLog: (line) => show(() => display.onLog(line)),
    pause() {
      if (!isPaused) display.hide();
      isPaused = true;
    },
    resume() {
      if (!isPaused) return;
      display.unhide();
      showKept();
    },
    close() {
      showKept();
      display.hide();
    },
  };
}

/** A display that shows events and lines immediately. */
interface Display {
  onProgress(event: ProgressEvent): void;
  onLog(line: string): void;
  hide(): void;
  unhide(): void;
}

function openPlainDisplay({ stderr }: Terminal): Display {
  return {
    onProgress(event) {
      printLine(stderr, describeProgress(event));
    },
    onLog: (line) =>
      printLine(
        stderr,
        linesOfLog(line)
          .map((part) => `| ${part}`)
          .join('\n'),
      ),
    hide: () => undefined,
    unhide: () => undefined,
  };
}

/** Events whose line stays on the terminal; the others only update the live line. */
const LASTING: ReadonlySet<ProgressEvent['type']> = new Set(['submitted', 'warning', 'leftOut'] as const);

function openLiveDisplay({ stderr }: Terminal): Display {
  const spinner: Ora = ora({
    stream: stderr as NodeJS.WriteStream,
    text: 'starting',
    discardStdin: false,
  }).start();
  const printAbove = (line: string) => {
    if (spinner.isSpinning) spinner.clear();
    printLine(stderr, line);
    if (spinner.isSpinning) spinner.render();
  };
  return {
    onProgress(event) {
      spinner.text = describeProgress(event);
      if (LASTING.has(event.type)) printAbove(describeProgress(event));
    },
    onLog: (line) => linesOfLog(line).forEach(printAbove),
    hide: () => void spinner.stop(),
    unhide: () => void spinner.start(),
  };
}

/** Returns the lines in an event of a log. CodeBuild may put several lines into one event. */
function linesOfLog(message: string): string[] {
  return message.split('\n').map((line) => coloured(line.replace(/\r$/, '')));
}

/** Returns an event as one line. */
export function describeProgress(event: ProgressEvent): string {
  return oneLine(describeEvent(event));
}

function describeEvent(event: ProgressEvent): string {
  switch (event.type) {
    case 'packing':
      return 'packing the bundle';
    case 'warning':
      return `warning: ${describePosition(event)}${event.message}`;
    case 'leftOut':
      return `left out of ${event.folder}: ${countFiles(event.files)}, ${event.sizeBytes} bytes, by ${event.pattern}`;
    case 'packed':
      return `packed ${countFiles(event.files)}, ${event.sizeBytes} bytes, digest ${event.digest.slice(0, 12)}`;
    case 'uploading':
      return `uploading the layer ${event.layer}: ${event.sizeBytes} bytes`;
    case 'uploaded':
      return event.alreadyPresent
        ? `the layer ${event.layer} is already in the bucket, nothing uploaded`
        : `uploaded the layer ${event.layer}`;
    case 'submitted':
      return `run ${event.runId} submitted: ${whereToSee(event.runId, event.consoleUrl)}`;
    case 'status':
      return event.reason === undefined
        ? `status ${event.status}`
        : `status ${event.status}: ${event.reason}`;
    case 'phase':
      return `phase ${event.phase}`;
    case 'repeating':
      return `repeating run ${event.runId}: ${event.reason}`;
    case 'finished':
      return `finished: ${event.status}`;
  }
}

function countFiles(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

function describePosition({ file, line }: Extract<ProgressEvent, { type: 'warning' }>): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}
