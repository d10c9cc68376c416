import type { Build, BuildPhase } from '@aws-sdk/client-codebuild';

import {
  BUNDLE_PATHS,
  type FailureCode,
  type FoundResult,
  type RunFailure,
  type RunRecord,
} from '../../lib/contract/index.js';
import { contextOf, describePhase, failedPhase } from './build-phases.js';

/** Text in CodeBuild's message before the failed command. */
const COMMAND_OF_MESSAGE = 'Error while executing command: ';

/** Variables that can prevent programs from starting. */
const STARTING_VARIABLES: readonly string[] = [
  ...['PATH', 'HOME', 'TMPDIR', 'LD_PRELOAD', 'LD_LIBRARY_PATH'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'PYTHONHOME', 'PYTHONPATH', 'PYTHONSTARTUP'],
];

/** Returns the failure of a failed build: the error in its result, or else the first failed phase. */
export function failureOfFailedBuild(
  build: Build,
  { result, kind }: { result: FoundResult | undefined; kind: RunRecord['kind'] },
): RunFailure {
  const phase = failedPhase(build);
  const where = { phase: phase?.phaseType };
  if (result?.found === 'error' || result?.found === 'unusable') return { ...result.failure, ...where };
  const { code, problem } = problemOf(phase, result, kind);
  return { code, message: `${problem}${describePhase(phase)}${describeVariables(build)}`, ...where };
}

function problemOf(
  phase: BuildPhase | undefined,
  result: FoundResult | undefined,
  kind: RunRecord['kind'],
): { readonly code: FailureCode; readonly problem: string } {
  const isBuildPhase = phase?.phaseType === 'BUILD';
  if (isBuildPhase && kind === 'commands') return { code: 'CommandFailed', problem: 'A command failed' };
  if (result?.found === 'value') {
    return { code: 'BuildFailed', problem: 'The target returned, but the build failed afterwards' };
  }
  if (isBuildPhase && !isOtherCommand(contextOf(phase))) {
    const problem =
      "The target's process ended before it wrote its result, usually because it ran out of memory";
    return { code: 'ResultMissing', problem };
  }
  return { code: 'BuildFailed', problem: 'The build failed' };
}

/** Returns whether the failed command is a command of the user, before or after the target, and not the runner. */
function isOtherCommand(context: string): boolean {
  const runners = [BUNDLE_PATHS.nodeRunner, BUNDLE_PATHS.pythonRunner];
  return context.includes(COMMAND_OF_MESSAGE) && !runners.some((runner) => context.includes(runner));
}

/** Returns a sentence that names the variables of the build that can prevent its programs from starting. */
function describeVariables({ environment }: Build): string {
  const names = (environment?.environmentVariables ?? [])
    .map(({ name = '' }) => name)
    .filter((name) => STARTING_VARIABLES.includes(name));
  if (names.length === 0) return '';
  return ` The build sets ${names.join(', ')}, which can prevent programs from starting; check the value, or leave it out.`;
}
