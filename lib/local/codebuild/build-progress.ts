import type { Clock } from '../clock.js';
import type { BuildEvents } from './build-events.js';
import { toSeconds, type BuildRecord, type PhaseName, type PhaseStatus } from './build-record.js';

export interface ProgressTools {
  readonly clock: Clock;
  readonly events: BuildEvents;
  put(record: BuildRecord): Promise<void>;
}

/** Records and announces the phases of a build. */
export type BuildProgress = ReturnType<typeof createBuildProgress>;

export function createBuildProgress(record: BuildRecord, tools: ProgressTools) {
  const { build } = record;
  const now = (): number => toSeconds(tools.clock.now());
  return {
    record,
    save: () => tools.put(record),
    async enter(phaseType: PhaseName): Promise<void> {
      build.currentPhase = phaseType;
      build.phases.push({ phaseType, startTime: now() });
      await tools.put(record);
    },
    /** Ends the current phase. */
    async leave(
      phaseStatus: PhaseStatus,
      context?: { readonly statusCode: string; readonly message: string },
    ): Promise<void> {
      const phase = build.phases.at(-1);
      if (phase === undefined || phase.phaseStatus !== undefined) return;
      phase.phaseStatus = phaseStatus;
      phase.endTime = now();
      phase.durationInSeconds = Math.floor(phase.endTime - (phase.startTime ?? phase.endTime));
      phase.contexts = [{ statusCode: context?.statusCode ?? '', message: context?.message ?? '' }];
      await tools.put(record);
      tools.events.phaseEnded(build, phase);
    },
    /** Ends the build. After an error, it can be called again to record the end. */
    async complete(status: PhaseStatus): Promise<void> {
      if (!build.buildComplete) {
        build.phases.push({ phaseType: 'COMPLETED', startTime: now() });
        build.currentPhase = 'COMPLETED';
        build.buildStatus = status;
        build.buildComplete = true;
        build.endTime = now();
        delete record.processGroup;
      }
      await tools.put(record);
      tools.events.stateChanged(build);
    },
  };
}
