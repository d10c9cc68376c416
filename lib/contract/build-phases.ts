/**
 * The phases of a build, in the order in which CodeBuild runs them.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export const BUILD_PHASES = [
  'SUBMITTED',
  'QUEUED',
  'PROVISIONING',
  'DOWNLOAD_SOURCE',
  'INSTALL',
  'PRE_BUILD',
  'BUILD',
  'POST_BUILD',
  'UPLOAD_ARTIFACTS',
  'FINALIZING',
  'COMPLETED',
] as const;

/** Returns a phase and those after it. For an unknown phase, returns that phase only. */
export function phasesFrom(phase: string): readonly string[] {
  const index = BUILD_PHASES.findIndex((known) => known === phase);
  return index === -1 ? [phase] : BUILD_PHASES.slice(index);
}

/** Returns the phase that follows a phase that succeeded; undefined for the last phase and for an unknown one. */
export function phaseAfter(phase: string): string | undefined {
  return phasesFrom(phase)[1];
}
