import { describe, expect, it } from '@jest/globals';

import { estimateBuildUsd } from '../../client/build-price.js';

const RECORD = {
  computeType: 'BUILD_GENERAL1_MEDIUM',
  environmentType: 'LINUX_CONTAINER',
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-kit:run',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:02:01.000Z',
};

describe('`estimateBuildUsd()`', () => {
  it('Each started minute of a build costs the price of its compute type', () => {
    expect(estimateBuildUsd(RECORD)).toBeCloseTo(0.03);
    expect(estimateBuildUsd({ ...RECORD, finishedAt: RECORD.startedAt })).toBeCloseTo(0.01);
    expect(estimateBuildUsd({ ...RECORD, computeType: 'BUILD_GENERAL1_SMALL' })).toBeCloseTo(0.015);
  });

  it.each([
    ['a run in a local AWS', { executionArn: RECORD.executionArn.replace('123456789012', '000000000000') }],
    [
      'a run in China, where prices are in another currency',
      { executionArn: RECORD.executionArn.replace('aws', 'aws-cn') },
    ],
    ['a run without a build', { startedAt: undefined }],
    ['a run that has not ended', { finishedAt: undefined }],
    ['a compute type without a known price', { computeType: 'BUILD_LAMBDA_1GB' }],
    ['an environment type without a known price', { environmentType: 'ARM_CONTAINER' }],
    ['a build on a fleet, whose record has no compute type', { computeType: undefined }],
  ])('There is no estimate for %s', (_case, change) => {
    expect(estimateBuildUsd({ ...RECORD, ...change })).toBeUndefined();
  });
});
