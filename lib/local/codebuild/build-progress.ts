import type { Clock } from '../clock.js';
import type { BuildEvents } from './build-events.js';
import { toSeconds, type BuildRecord, type PhaseName, type PhaseStatus } from './build-record.js';

export interface ProgressTools {
  readonly clock: Clock;
  readonly events: BuildEvents;
  put(record: BuildRecord): Promise<void>;
}

/** Records the phases of a build and sends their events. */
export type BuildProgress = ReturnType<typeof createBuildProgress>;

export function createBuildProgress(record: BuildRecord, tools: ProgressTools) {
  const { build } = record;
  const now = (): number => toSeconds(tools.clock.now());
  let leaving: Leaving | undefined;
  const save = async (): Promise<void> => {
    const left = leaving;
    leaving = undefined;
    const put = tools.put(record);
    left?.recordedBy(() => put);
    await Promise.all([left?.recorded, put]);
  };
  return {
    record,
    save,
    async enter(phaseType: PhaseName): Promise<void> {
      build.currentPhase = phaseType;
      build.phases.push({ phaseType, startTime: now() });
      await save();
    },
    /**
     * Ends the current phase and writes the record in the background. If that write fails, the next change rejects. If
     * the next phase starts in the same turn of the event loop, as most do, one write records both changes.
     */
    leave(
      phaseStatus: PhaseStatus,
      context?: { readonly statusCode: string; readonly message: string },
    ): void {
      const phase = build.phases.at(-1);
      if (phase === undefined || phase.phaseStatus !== undefined) return;
      phase.phaseStatus = phaseStatus;
      phase.endTime = now();
      phase.durationInSeconds = Math.floor(phase.endTime - (phase.startTime ?? phase.endTime));
      phase.contexts = [{ statusCode: context?.statusCode ?? '', message: context?.message ?? '' }];
      const left = createLeaving();
      leaving = left;
      setImmediate(() => left.recordedBy(() => tools.put(record)));
      tools.events.phaseEnded(build, phase, left.recorded);
    },
    /** Ends the build. If it rejects, it can be called again to record the end. */
    async complete(status: PhaseStatus): Promise<void> {
      if (!build.buildComplete) {
        build.phases.push({ phaseType: 'COMPLETED', startTime: now() });
        build.currentPhase = 'COMPLETED';
        build.buildStatus = status;
        build.buildComplete = true;
        build.endTime = now();
        delete record.processGroup;
      }
      await save();
      tools.events.stateChanged(build);
    },
  };
}

/** The end of a phase whose record is not written yet. */
interface Leaving {
  /** Settles as the write does. */
  readonly recorded: Promise<void>;
  /** Starts the write. Does nothing if another write has recorded the end. */
  recordedBy(write: () => Promise<void>): void;
}

function createLeaving(): Leaving {
  let start: ((write: Promise<void>) => void) | undefined;
  const recorded = new Promise<void>((resolve) => (start = resolve));
  // A failure is thrown by the next change.
  recorded.catch(() => undefined);
  return {
    recorded,
    recordedBy(write) {
      start?.(write());
      start = undefined;
    },
  };
}
