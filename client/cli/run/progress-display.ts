import ora, { type Ora } from 'ora';

import type { ProgressEvent } from '../../seedkit-types.js';
import { isInteractive, printLine, type Terminal } from '../terminal.js';

/** Shows a run's way on standard error: a live line on a terminal, plain lines elsewhere. */
export interface ProgressDisplay {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onLog: (line: string) => void;
  close(): void;
}

export function openProgressDisplay(terminal: Terminal): ProgressDisplay {
  return isInteractive(terminal) ? openLiveDisplay(terminal) : openPlainDisplay(terminal);
}

function openPlainDisplay({ stderr }: Terminal): ProgressDisplay {
  return {
    onProgress(event) {
      printLine(stderr, describeProgress(event));
    },
    onLog: (line) => printLine(stderr, `| ${line}`),
    close: () => undefined,
  };
}

function openLiveDisplay({ stderr }: Terminal): ProgressDisplay {
  const spinner: Ora = ora({
    stream: stderr as NodeJS.WriteStream,
    text: 'starting',
    discardStdin: false,
  }).start();
  const printAbove = (line: string) => {
    spinner.clear();
    printLine(stderr, line);
    spinner.render();
  };
  return {
    onProgress(event) {
      spinner.text = describeProgress(event);
      // What a reader wants to keep; the rest passes by.
      if (event.type === 'submitted') printAbove(describeProgress(event));
    },
    onLog: printAbove,
    close: () => void spinner.stop(),
  };
}

/** One line for one event. */
export function describeProgress(event: ProgressEvent): string {
  switch (event.type) {
    case 'packing':
      return 'packing the bundle';
    case 'packed':
      return `packed ${event.sizeBytes} bytes, sha256 ${event.sha256.slice(0, 12)}`;
    case 'uploading':
      return `uploading ${event.key}`;
    case 'uploaded':
      return event.alreadyPresent ? 'bundle is there already, nothing uploaded' : 'uploaded the bundle';
    case 'submitted':
      return `run ${event.runId} submitted: ${event.consoleUrl}`;
    case 'status':
      return `status ${event.status}`;
    case 'phase':
      return `phase ${event.phase}`;
    case 'finished':
      return `finished: ${event.status}`;
  }
}
