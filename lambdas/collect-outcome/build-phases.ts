import type { Build, BuildPhase, BuildPhaseType } from '@aws-sdk/client-codebuild';

const FAILED_STATUSES: readonly (string | undefined)[] = [
  'FAILED',
  'FAULT',
  'TIMED_OUT',
  'STOPPED',
  'CLIENT_ERROR',
];

/** The first phase that failed: the cause of a failed build. */
export function failedPhase({ phases = [] }: Build): BuildPhase | undefined {
  return phases.find(({ phaseStatus }) => FAILED_STATUSES.includes(phaseStatus));
}

export function phaseOf({ phases = [] }: Build, type: BuildPhaseType): BuildPhase | undefined {
  return phases.find(({ phaseType }) => phaseType === type);
}

export function lastPhase({ currentPhase, phases = [] }: Build): string | undefined {
  return currentPhase ?? phases.at(-1)?.phaseType;
}

/** What CodeBuild says of a phase, such as `COMMAND_EXECUTION_ERROR: Error while executing command: ...`. */
export function contextOf(phase: BuildPhase | undefined): string {
  return (phase?.contexts ?? [])
    .map(({ statusCode, message }) => [statusCode, message].filter(Boolean).join(': '))
    .filter((text) => text !== '')
    .join('; ');
}

/** The end of a sentence that says where a build ended. */
export function describePhase(phase: BuildPhase | undefined): string {
  if (phase === undefined) return '.';
  const context = contextOf(phase);
  return ` in the phase ${phase.phaseType}${context === '' ? '.' : `: ${context}`}`;
}
