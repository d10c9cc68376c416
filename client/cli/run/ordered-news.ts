import { phasesFrom } from '../../../lib/contract/build-phases.js';
import { readBuildLogLine } from '../../build-log.js';
import type { ProgressEvent } from '../../progress-types.js';

/** Receives the events and the log lines of a run. */
export interface News {
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onLog: (line: string) => void;
}

/**
 * Passes on events and log lines in the order in which things happen. Both are read separately, so a line may come
 * before the event that the build has started, the event of a phase before the last lines of the phase before it, and
 * the event of the run's end before the last lines.
 *
 * @returns listeners that put events and lines in order, and a function that passes on those that they still hold
 */
export function inOrder(listener: News): News & { readonly flush: () => void } {
  let hasBuild = false;
  let phaseOfLog: string | undefined;
  const lines: string[] = [];
  const phases: PhaseEvent[] = [];
  const lastEvents: ProgressEvent[] = [];
  const flushPhases = (isDue: (event: PhaseEvent) => boolean = () => true) => {
    while (phases[0] !== undefined && isDue(phases[0])) listener.onProgress(phases.shift() as PhaseEvent);
  };
  const passOn = (line: string) => {
    phaseOfLog = line.split('\n').reduce(phaseAt, phaseOfLog);
    flushPhases((event) => hasReached(phaseOfLog, event.phase));
    listener.onLog(line);
  };
  const flushLines = () => lines.splice(0).forEach(passOn);
  const flush = () => {
    flushLines();
    flushPhases();
    for (const event of lastEvents.splice(0)) listener.onProgress(event);
  };
  const isEarly = (event: ProgressEvent): event is PhaseEvent =>
    event.type === 'phase' && isLogged(event.phase) && !hasReached(phaseOfLog, event.phase);
  return {
    onLog: (line) => void (hasBuild ? passOn(line) : lines.push(line)),
    onProgress(event) {
      if (isOfEnd(event) || (lastEvents.length > 0 && event.type === 'phase')) {
        // The end of a run without a known start, such as one that had ended before, also starts its log.
        hasBuild = true;
        flushLines();
        lastEvents.push(event);
        return;
      }
      if (isEarly(event)) return void phases.push(event);
      // A warning may report that the log cannot be read.
      if (event.type === 'warning') flushPhases();
      if (FLUSHING.has(event.type)) flush();
      listener.onProgress(event);
      // The client repeats a run of which a layer is missing as a new run.
      if (event.type === 'submitted') {
        hasBuild = false;
        phaseOfLog = undefined;
      }
      if (event.type === 'status' && event.status === 'BUILDING') {
        hasBuild = true;
        flushLines();
      }
    },
    flush,
  };
}

type PhaseEvent = Extract<ProgressEvent, { type: 'phase' }>;

/** Returns the phase of the build that a log is in after a line, given the one before it. */
export function phaseAt(before: string | undefined, line: string): string | undefined {
  const read = readBuildLogLine(line);
  return read.kind === 'entered' || read.kind === 'completed' ? read.phase : before;
}

/** Returns whether a log that is in one phase has the lines of all phases before another one. */
function hasReached(phaseOfLog: string | undefined, phase: string): boolean {
  return phaseOfLog !== undefined && phasesFrom(phase).includes(phaseOfLog);
}

/** Returns whether the log says that the build enters a phase, or that it is complete. */
function isLogged(phase: string): boolean {
  return phasesFrom('INSTALL').includes(phase) && !AFTER_BUILD.includes(phase);
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
