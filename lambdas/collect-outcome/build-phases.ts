import type { Build, BuildPhase, BuildPhaseType } from '@aws-sdk/client-codebuild';

import { BUNDLE_PATHS, OWN_COMMAND_MARK } from '../../lib/contract/index.js';

const FAILED_STATUSES: readonly (string | undefined)[] = [
  'FAILED',
  'FAULT',
  'TIMED_OUT',
  'STOPPED',
  'CLIENT_ERROR',
];

/** Returns the first phase that failed, which is the cause of a failed build. */
export function failedPhase({ phases = [] }: Build): BuildPhase | undefined {
  return phases.find(({ phaseStatus }) => FAILED_STATUSES.includes(phaseStatus));
}

/** Returns the phase of a type, if the build has reached it. */
export function phaseOf({ phases = [] }: Build, type: BuildPhaseType): BuildPhase | undefined {
  return phases.find(({ phaseType }) => phaseType === type);
}

/** Returns the type of the current or last phase. */
export function lastPhase({ currentPhase, phases = [] }: Build): string | undefined {
  return currentPhase ?? phases.at(-1)?.phaseType;
}

/**
 * Returns CodeBuild's messages about a phase, such as `COMMAND_EXECUTION_ERROR: Error while executing command: ...`.
 */
export function contextOf(phase: BuildPhase | undefined): string {
  return (phase?.contexts ?? [])
    .map(({ statusCode, message }) => [statusCode, message].filter(Boolean).join(': '))
    .filter((text) => text !== '')
    .join('; ');
}

/** Returns the exit status of the command that failed a phase; NaN when the phase has no message about a command. */
export function exitStatusOf(phase: BuildPhase | undefined): number {
  return Number(/exit status (\d+)/.exec(contextOf(phase))?.[1] ?? Number.NaN);
}

/** Returns the end of a sentence that names the phase in which a build ended, with CodeBuild's messages about it. */
export function describePhase(phase: BuildPhase | undefined): string {
  if (phase === undefined) return '.';
  if (isInstaller(phase)) {
    const status = exitStatusOf(phase);
    return ` in the phase ${phase.phaseType}: the Python packages could not be installed (exit status ${status}). The run's log has the installer's messages. If builds need another package index, set build.pypiMirror (--pypi-mirror).`;
  }
  const context = contextOf(phase).replaceAll(` ${OWN_COMMAND_MARK}`, '');
  return ` in the phase ${phase.phaseType}${context === '' ? '.' : `: ${context}`}`;
}

/** Returns whether the command that installs Python packages failed. The command's text does not say why it failed. */
function isInstaller(phase: BuildPhase): boolean {
  return (
    contextOf(phase).includes(`${BUNDLE_PATHS.pythonRunner}/install.py`) && !Number.isNaN(exitStatusOf(phase))
  );
}
