import { SHELL_PHASES, type Buildspec, type BuildspecPhase, type ShellPhase } from './buildspec.js';
import type { BuildLog } from './build-log.js';
import type { PhaseName } from './build-record.js';
import { PhaseFailure } from './phase-failure.js';
import type { Shell } from './shell.js';

interface ShellPhasesInput {
  readonly buildspec: Buildspec;
  readonly shell: Shell;
  readonly log: BuildLog;
  /** Runs one phase and records its end. @returns whether it succeeded */
  readonly runPhase: (phase: PhaseName, work: () => Promise<void>) => Promise<boolean>;
}

const PHASE_NAMES = {
  install: 'INSTALL',
  pre_build: 'PRE_BUILD',
  build: 'BUILD',
  post_build: 'POST_BUILD',
} as const;

/**
 * Runs the phases of a buildspec. A failed INSTALL or PRE_BUILD ends the build. After a failed BUILD, POST_BUILD runs
 * and the artifacts are uploaded. `on-failure` of a phase overrides this.
 * @returns whether all phases succeeded, and whether the artifacts are to be uploaded
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export async function runShellPhases(
  input: ShellPhasesInput,
): Promise<{ succeeded: boolean; reachedArtifacts: boolean }> {
  let succeeded = true;
  for (const name of SHELL_PHASES) {
    const phase = input.buildspec.phases[name];
    const passed = await input.runPhase(PHASE_NAMES[name], () => runPhaseCommands(input, phase));
    if (passed) continue;
    succeeded = false;
    if (!continuesAfter(name, phase)) return { succeeded, reachedArtifacts: false };
  }
  return { succeeded, reachedArtifacts: true };
}

function continuesAfter(name: ShellPhase, phase: BuildspecPhase | null | undefined): boolean {
  const onFailure = phase?.['on-failure'];
  if (onFailure !== undefined) return onFailure === 'CONTINUE';
  return name === 'build' || name === 'post_build';
}

async function runPhaseCommands(
  input: ShellPhasesInput,
  phase: BuildspecPhase | null | undefined,
): Promise<void> {
  if (!phase) return;
  const failure = await runCommands(input, phase.commands);
  if (failure !== undefined) await input.shell.run('export CODEBUILD_BUILD_SUCCEEDING=0');
  const failureInFinally = await runCommands(input, phase.finally);
  if (failureInFinally !== undefined) await input.shell.run('export CODEBUILD_BUILD_SUCCEEDING=0');
  const first = failure ?? failureInFinally;
  if (first !== undefined) throw first;
}

/** Runs the commands of a phase. @returns the failure of the first command that failed */
async function runCommands(
  { shell, log }: ShellPhasesInput,
  commands: readonly string[],
): Promise<PhaseFailure | undefined> {
  for (const command of commands) {
    log.note(`Running command ${command}`);
    const status = await shell.run(command);
    log.endLine();
    if (status === 0) continue;
    log.note(`Command did not exit successfully ${command} exit status ${status}`);
    return new PhaseFailure(
      'COMMAND_EXECUTION_ERROR',
      `Error while executing command: ${command}. Reason: exit status ${status}`,
    );
  }
  return undefined;
}
