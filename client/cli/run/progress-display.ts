import ora, { type Ora } from 'ora';

import type { ProgressEvent } from '../../seedkit-types.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';

/** Shows a run's way on standard error: a live line on a terminal, plain lines elsewhere. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onLog: (line: string) => void;
  /** Shows nothing more, so that a question can be asked; what comes is kept. */
  pause(): void;
  /** Shows what came meanwhile, and goes on. */
  resume(): void;
  close(): void;
}

export function openProgressDisplay(terminal: Terminal): ProgressDisplay {
  const display = isInteractive(terminal) ? openLiveDisplay(terminal) : openPlainDisplay(terminal);
  const kept: (() => void)[] = [];
  let isPaused = false;
  const show = (what: () => void) => void (isPaused ? kept.push(what) : what());
  const goOn = () => {
    isPaused = false;
    for (const what of kept.splice(0)) what();
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
      goOn();
    },
    close() {
      goOn();
      display.hide();
    },
  };
}

/** What shows things at once. */
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
    onLog: (line) => printLine(stderr, `| ${line}`),
    hide: () => undefined,
    unhide: () => undefined,
  };
}

const KEPT: ReadonlySet<ProgressEvent['type']> = new Set(['submitted', 'warning', 'leftOut'] as const);

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
      // What a reader wants to keep; the rest passes by.
      if (KEPT.has(event.type)) printAbove(describeProgress(event));
    },
    onLog: printAbove,
    hide: () => void spinner.stop(),
    unhide: () => void spinner.start(),
  };
}

/** One line for one event. */
export function describeProgress(event: ProgressEvent): string {
  switch (event.type) {
    case 'packing':
      return 'packing the bundle';
    case 'warning':
      return `warning: ${describePlace(event)}${event.message}`;
    case 'leftOut':
      return `left out of ${event.folder}: ${event.files} files, ${event.sizeBytes} bytes, by ${event.pattern}`;
    case 'packed':
      return `packed ${event.files} files, ${event.sizeBytes} bytes, digest ${event.digest.slice(0, 12)}`;
    case 'uploading':
      return `uploading the layer ${event.layer}: ${event.sizeBytes} bytes`;
    case 'uploaded':
      return event.alreadyPresent
        ? `the layer ${event.layer} is there already, nothing uploaded`
        : `uploaded the layer ${event.layer}`;
    case 'submitted':
      return `run ${event.runId} submitted: ${event.consoleUrl}`;
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

function describePlace({ file, line }: Extract<ProgressEvent, { type: 'warning' }>): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}
