import type { Build } from '@aws-sdk/client-codebuild';

import {
  CHANGED_INPUT_STATUS,
  INPUT_CHECKED_FILE,
  inputPrefix,
  type RunFailure,
} from '../../lib/contract/index.js';
import { contextOf, exitStatusOf, failedPhase } from './build-phases.js';

/**
 * Returns the failure of a build whose first command found that a file of the run's input had changed. Reads the
 * message of the phase, because a build uploads no artifacts after a failed INSTALL.
 */
export function changedInput(build: Build, runId: string, bucket: string): RunFailure | undefined {
  const phase = failedPhase(build);
  const isCheck = phase?.phaseType === 'INSTALL' && contextOf(phase).includes(INPUT_CHECKED_FILE);
  if (!isCheck || exitStatusOf(phase) !== CHANGED_INPUT_STATUS) return undefined;
  return {
    code: 'InputChanged',
    message: `A file of the run's input s3://${bucket}/${inputPrefix(runId)} was replaced after the run was prepared, so none of the run's code was started. The log names the file. Check which principals can write to it, and submit again with another run id.`,
    phase: phase.phaseType,
  };
}
