import type { ProgressEvent } from '../../progress-types.js';

/** Receives the events and the log lines of a run. */
export interface News {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onLog: (line: string) => void;
}

/**
 * Passes on events and log lines in the order in which things happen. Both are read separately, so a line may come
 * before the event that the build has started, and the event of the run's end before the last lines.
 *
 * @returns listeners that put events and lines in order, and a function that passes on those that they still hold
 */
export function inOrder(listener: News): News & { readonly flush: () => void } {
  let hasBuild = false;
  const lines: string[] = [];
  const lastEvents: ProgressEvent[] = [];
  const flushLines = () => {
    for (const line of lines.splice(0)) listener.onLog(line);
  };
  const flush = () => {
    flushLines();
    for (const event of lastEvents.splice(0)) listener.onProgress(event);
  };
  return {
    onLog: (line) => void (hasBuild ? listener.onLog(line) : lines.push(line)),
    onProgress(event) {
      if (isOfEnd(event) || (lastEvents.length > 0 && event.type === 'phase')) {
        // The end of a run without a known start, such as one that had ended before, also starts its log.
        hasBuild = true;
        flushLines();
        lastEvents.push(event);
        return;
      }
      if (FLUSHING.has(event.type)) flush();
      listener.onProgress(event);
      // The client repeats a run of which a layer is missing as a new run.
      if (event.type === 'submitted') hasBuild = false;
      if (event.type === 'status' && event.status === 'BUILDING') {
        hasBuild = true;
        flushLines();
      }
    },
    flush,
  };
}

/** Events that come after all news of a run. */
const FLUSHING: ReadonlySet<ProgressEvent['type']> = new Set(['submitted', 'repeating', 'finished'] as const);

/** Returns whether an event reports that the run has ended, which is known before its last log lines. */
function isOfEnd(event: ProgressEvent): boolean {
  if (event.type === 'status') return event.status !== 'QUEUED' && event.status !== 'BUILDING';
  return event.type === 'phase' && AFTER_BUILD.includes(event.phase);
}

/** Phases of CodeBuild after the last one that writes to the log. */
const AFTER_BUILD: readonly string[] = ['FINALIZING', 'COMPLETED'];
