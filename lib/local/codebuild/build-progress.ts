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
  let leaving: Promise<void> = Promise.resolve();
  const save = async (): Promise<void> => {
    const left = leaving;
    leaving = Promise.resolve();
    await Promise.all([left, tools.put(record)]);
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
     * Ends the current phase and writes the record in the background. If that write fails, the next change rejects.
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
      leaving = tools.put(record);
      leaving.catch(() => undefined);
      tools.events.phaseEnded(build, phase, leaving);
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
