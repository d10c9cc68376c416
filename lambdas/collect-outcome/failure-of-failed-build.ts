import type { Build } from '@aws-sdk/client-codebuild';

import { BUNDLE_PATHS, type RunFailure, type RunRecord } from '../../lib/contract/index.js';
import { contextOf, describePhase, failedPhase } from './build-phases.js';
import type { FoundResult } from './read-result.js';

/** How CodeBuild names the command that ended with another exit code than 0. */
const COMMAND_OF_MESSAGE = 'Error while executing command: ';

/** Why a build that failed did: what the target threw when it says so, else its first failed phase. */
export function failureOfFailedBuild(
  build: Build,
  { result, kind }: { result: FoundResult; kind: RunRecord['kind'] },
): RunFailure {
  const phase = failedPhase(build);
  const where = { ...(phase?.phaseType !== undefined && { phase: phase.phaseType }) };
  if (result.found === 'error' || result.found === 'unusable') return { ...result.failure, ...where };
  if (phase?.phaseType === 'BUILD' && kind === 'commands') {
    return { code: 'CommandFailed', message: `A command failed${describePhase(phase)}`, ...where };
  }
  if (result.found === 'value') {
    const message = `The target returned, but the build failed afterwards${describePhase(phase)}`;
    return { code: 'BuildFailed', message, ...where };
  }
  if (phase?.phaseType === 'BUILD' && !isOtherCommand(contextOf(phase))) {
    const message = `The target's process was ended before it could leave a result, most often for want of memory${describePhase(phase)}`;
    return { code: 'ResultMissing', message, ...where };
  }
  return { code: 'BuildFailed', message: `The build failed${describePhase(phase)}`, ...where };
}

/** Tells whether a command before or after the target failed rather than the runner. */
function isOtherCommand(context: string): boolean {
  const runners = [BUNDLE_PATHS.nodeRunner, BUNDLE_PATHS.pythonRunner];
  return context.includes(COMMAND_OF_MESSAGE) && !runners.some((runner) => context.includes(runner));
}
