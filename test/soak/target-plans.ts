import type { RunAction } from './run-plans.js';

/** The published target that a run starts. */
export interface PlannedTarget {
  /**
   * The version: without a version, version 1, by alias, or a target that does not exist, so that the request is
   * refused.
   */
  readonly chosen: 'newest' | 'first' | 'alias' | 'missing';
}

/**
 * The two contents that versions of a target alternate between. They differ in code, variables, labels and locks, so
 * that a run shows which of them it had.
 */
export const EDITIONS = [1, 2] as const;
export type Edition = (typeof EDITIONS)[number];

/** The alias, which only ever names versions of the first edition. */
export const ALIAS = 'prod';

/** Variable of the build that names the edition. */
export const EDITION_VARIABLE = 'SOAK_EDITION';

/** Label that names the edition. */
export const EDITION_LABEL = 'edition';

/** Returns the name of the target that does something. */
export const targetName = (does: RunAction) => `soak-${does}`;

/** Returns the lock of the versions of an edition; undefined if they have none. */
export function lockOfEdition(edition: Edition): string | undefined {
  return edition === 2 ? 'lock-of-targets' : undefined;
}

/** Returns the number that the function of an edition adds to the number of its run. */
export function addedBy(edition: Edition): number {
  return edition === 1 ? 1 : 1_001;
}

/** Returns the name of a target that was never published. It names the run, by which the refusal is found. */
export const missingTarget = (runId: string) => `missing-${runId}`;

/** Returns the target to start, as people write it. */
export function referenceOf({ chosen }: PlannedTarget, does: RunAction, runId: string): string {
  if (chosen === 'missing') return missingTarget(runId);
  const suffix = { newest: '', first: '@1', alias: `@${ALIAS}` }[chosen];
  return `${targetName(does)}${suffix}`;
}
