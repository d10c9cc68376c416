import type { Clock } from '../clock.js';
import type { BuildEvents } from './build-events.js';
import { toSeconds, type BuildRecord, type PhaseName, type PhaseStatus } from './build-record.js';

/** Records and announces the phases of a build. */
export interface BuildProgress {
  readonly record: BuildRecord;
  save(): Promise<void>;
  enter(phase: PhaseName): Promise<void>;
  /** Ends the current phase. */
  leave(
    status: PhaseStatus,
    context?: { readonly statusCode: string; readonly message: string },
  ): Promise<void>;
  complete(status: PhaseStatus): Promise<void>;
}

export interface ProgressTools {
  readonly clock: Clock;
  readonly events: BuildEvents;
  put(record: BuildRecord): Promise<void>;
}

export function createBuildProgress(record: BuildRecord, tools: ProgressTools): BuildProgress {
  const { build } = record;
  const now = (): number => toSeconds(tools.clock.now());
  return {
    record,
    save: () => tools.put(record),
    async enter(phaseType) {
      build.currentPhase = phaseType;
      build.phases.push({ phaseType, startTime: now() });
      await tools.put(record);
    },
    async leave(phaseStatus, context) {
      const phase = build.phases.at(-1);
      if (phase === undefined || phase.phaseStatus !== undefined) return;
      phase.phaseStatus = phaseStatus;
      phase.endTime = now();
      phase.durationInSeconds = Math.floor(phase.endTime - (phase.startTime ?? phase.endTime));
      phase.contexts = [{ statusCode: context?.statusCode ?? '', message: context?.message ?? '' }];
      await tools.put(record);
      tools.events.phaseEnded(build, phase);
    },
    async complete(status) {
      build.phases.push({ phaseType: 'COMPLETED', startTime: now() });
      build.currentPhase = 'COMPLETED';
      build.buildStatus = status;
      build.buildComplete = true;
      build.endTime = now();
      delete record.processGroup;
      await tools.put(record);
      tools.events.stateChanged(build);
    },
  };
}
