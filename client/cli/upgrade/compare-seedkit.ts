import {
  PACKAGE_VERSION,
  SEEDKIT_CONTEXT_OUTPUT,
  SEEDKIT_VERSION_OUTPUT,
  type SeedkitOutputName,
} from '../../../lib/contract/index.js';
import type { StackState } from '../../deploy/stack-state.js';
import type { ComparedSeedkit } from '../output-types.js';

/** Outputs that a seedkit of an earlier version may lack, and what this client needs each for. */
const ADDED_OUTPUTS = {
  MapMachineArn: 'maps',
  PublisherPolicyArn: 'the right to publish targets',
  TargetPolicyArn: 'the right to start published targets',
  ScheduleGroup: 'schedules',
  SchedulerRoleArn: 'schedules',
  SchedulerPolicyArn: 'the right to manage schedules',
} as const satisfies Partial<Record<SeedkitOutputName, string>>;

/** Compares a deployed seedkit with this client. @param clientVersion version of this client */
export function compareSeedkit(
  { outputs }: Pick<StackState, 'outputs'>,
  clientVersion: string = PACKAGE_VERSION,
): ComparedSeedkit {
  const deployedVersion = outputs[SEEDKIT_VERSION_OUTPUT];
  const missing = Object.entries(ADDED_OUTPUTS)
    .filter(([output]) => outputs[output] === undefined)
    .map(([, use]) => use);
  const order = deployedVersion === undefined ? -1 : compareVersions(deployedVersion, clientVersion);
  const isOlder = order < 0 || (order === 0 && missing.length > 0);
  return {
    comparison: isOlder ? 'older' : order > 0 ? 'newer' : 'same',
    clientVersion,
    deployedVersion,
    missing: [...new Set(missing)],
    isOfOwnApp: outputs[SEEDKIT_CONTEXT_OUTPUT] === undefined,
  };
}

/**
 * Compares two versions by the rules of Semantic Versioning.
 * @returns a negative number if the first one is earlier, a positive one if it is later
 * @see https://semver.org/#spec-item-11
 */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [parseVersion(one), parseVersion(other)];
  for (const [index, number] of first.numbers.entries()) {
    const difference = number - (second.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(first.prerelease, second.prerelease);
}

function parseVersion(version: string): { numbers: number[]; prerelease: string[] } {
  const [release = '', ...prerelease] = version.replace(/\+.*$/, '').split('-');
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  const text = prerelease.join('-');
  return { numbers: [major, minor, patch], prerelease: text === '' ? [] : text.split('.') };
}

/** A version without a prerelease is later than one with it. */
function comparePrereleases(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  for (const [index, part] of one.entries()) {
    const second = other[index];
    if (second === undefined) return 1;
    if (part !== second) return compareIdentifiers(part, second);
  }
  return one.length - other.length;
}

function compareIdentifiers(one: string, other: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(one) - Number(other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one < other ? -1 : 1;
}
