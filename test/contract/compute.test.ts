import { describe, expect, it } from '@jest/globals';

import {
  buildOptionsSchema,
  checkComputeRegion,
  completeCompute,
  LAMBDA_COMPUTE_REGIONS,
  type BuildOptions,
} from '../../lib/contract/index.js';

const LAMBDA = { environmentType: 'LINUX_LAMBDA_CONTAINER', computeType: 'BUILD_LAMBDA_2GB' } as const;
const FLEET = 'arn:aws:codebuild:eu-central-1:123456789012:fleet/team';

/** Returns the refused options of a build, each with its message. */
function refused(build: BuildOptions): string[] {
  const { error } = buildOptionsSchema.safeParse(build);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('compute of a build', () => {
  it.each<[BuildOptions, RegExp]>([
    [{ ...LAMBDA, timeoutMinutes: 10 }, /^timeoutMinutes: .* end after at most 15 minutes/],
    [{ ...LAMBDA, privileged: true }, /^privileged: Lambda compute runs no Docker/],
    [{ ...LAMBDA, debugSession: true }, /^debugSession: Lambda compute has no debug sessions/],
    [{ ...LAMBDA, debugSession: 'on-failure' }, /^debugSession: /],
    [{ ...LAMBDA, fleet: FLEET }, /^fleet: /],
    [{ ...LAMBDA, abortPhasesOnFailure: false }, /^abortPhasesOnFailure: .* not support on-failure/],
    [{ ...LAMBDA, image: 'aws/codebuild/standard:8.0' }, /^image: .* does not run on Lambda compute/],
    [
      {
        environmentType: 'ARM_LAMBDA_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22',
      },
      /^image: .* is for x86, and ARM_LAMBDA_CONTAINER is not/,
    ],
    [
      { environmentType: 'LINUX_LAMBDA_CONTAINER', computeType: 'BUILD_GENERAL1_SMALL' },
      /^computeType: .*BUILD_LAMBDA_1GB/,
    ],
    [{ environmentType: 'LINUX_CONTAINER', computeType: 'BUILD_LAMBDA_1GB' }, /^environmentType: /],
    [
      { image: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22' },
      /^image: .* runs on Lambda compute only/,
    ],
    [{ fleet: FLEET, abortPhasesOnFailure: false }, /^abortPhasesOnFailure: reserved capacity/],
    [{ environmentType: 'ARM_CONTAINER', image: 'aws/codebuild/standard:8.0' }, /^image: .* is for x86/],
    [
      { environmentType: 'LINUX_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' },
      /^image: .* is for ARM/,
    ],
  ])('The build options %j are refused with one problem and its remedy', (build, message) => {
    expect(refused(build)).toEqual([expect.stringMatching(message)]);
  });

  it.each<[BuildOptions]>([
    [LAMBDA],
    [{ ...LAMBDA, queuedTimeoutMinutes: 30, abortPhasesOnFailure: true, privileged: false }],
    [{ ...LAMBDA, image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/tools:1' }],
    [{ computeType: 'BUILD_LAMBDA_1GB' }],
    [{ environmentType: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' }],
    [{ environmentType: 'ARM_CONTAINER', image: 'node:24' }],
    [{ environmentType: 'LINUX_CONTAINER', privileged: true, timeoutMinutes: 100 }],
    [{ fleet: FLEET }],
  ])('The build options %j are accepted', (build) => {
    expect(refused(build)).toEqual([]);
  });

  it.each<[BuildOptions, 'node' | 'python' | 'commands', BuildOptions]>([
    [{}, 'node', {}],
    [{ environmentType: 'LINUX_CONTAINER' }, 'node', { environmentType: 'LINUX_CONTAINER' }],
    [
      { environmentType: 'ARM_CONTAINER' },
      'node',
      { environmentType: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' },
    ],
    [
      { environmentType: 'ARM_CONTAINER', image: 'node:24' },
      'node',
      { environmentType: 'ARM_CONTAINER', image: 'node:24' },
    ],
    [
      { computeType: 'BUILD_LAMBDA_4GB' },
      'commands',
      {
        environmentType: 'LINUX_LAMBDA_CONTAINER',
        computeType: 'BUILD_LAMBDA_4GB',
        image: 'aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22',
      },
    ],
    [
      { environmentType: 'ARM_LAMBDA_CONTAINER' },
      'python',
      {
        environmentType: 'ARM_LAMBDA_CONTAINER',
        computeType: 'BUILD_LAMBDA_1GB',
        image: 'aws/codebuild/amazonlinux-aarch64-lambda-standard:python3.13',
      },
    ],
  ])('The compute %j of a %s run is completed to %j', (build, kind, completed) => {
    expect(completeCompute(build, kind)).toEqual({
      environmentType: undefined,
      computeType: undefined,
      image: undefined,
      ...completed,
    });
    expect(refused(completed)).toEqual([]);
  });

  it('Lambda compute is refused in a region without it, with the regions that have it', () => {
    expect(() => checkComputeRegion(LAMBDA, 'eu-north-1')).toThrow(
      /the region eu-north-1 has no Lambda compute.*eu-central-1/,
    );
    for (const region of LAMBDA_COMPUTE_REGIONS)
      expect(() => checkComputeRegion(LAMBDA, region)).not.toThrow();
    expect(() => checkComputeRegion({}, 'eu-north-1')).not.toThrow();
  });
});
