import { describe, expect, it } from '@jest/globals';

import { formatUsd, priceOfBuild } from '../../client/build-price.js';

const RECORD = {
  computeType: 'BUILD_GENERAL1_MEDIUM',
  environmentType: 'LINUX_CONTAINER',
  executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:codeseeder-kit:run',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:02:01.000Z',
};

describe('`priceOfBuild()`', () => {
  it('Each started minute of a build costs the price of its compute type', () => {
    expect(priceOfBuild(RECORD)).toEqual({
      usd: 0.03,
      minutes: 3,
      usdPerMinute: 0.01,
      region: 'eu-central-1',
    });
    expect(priceOfBuild({ ...RECORD, finishedAt: RECORD.startedAt })).toMatchObject({
      minutes: 1,
      usd: 0.01,
    });
    expect(priceOfBuild({ ...RECORD, computeType: 'BUILD_GENERAL1_SMALL' })).toMatchObject({ usd: 0.015 });
  });

  it.each([
    [
      'a run in a local AWS',
      { executionArn: RECORD.executionArn.replace('123456789012', '000000000000') },
      'A local AWS charges nothing.',
    ],
    [
      'a run in China, where prices are in another currency',
      { executionArn: RECORD.executionArn.replace('aws', 'aws-cn').replace('eu-central-1', 'cn-north-1') },
      'Prices of the region cn-north-1 are not known.',
    ],
    ['a run without a build', { startedAt: undefined }, 'No build was started.'],
    ['a run that has not ended', { finishedAt: undefined }, 'The run has not ended.'],
    [
      'a compute type without a known price',
      { computeType: 'BUILD_LAMBDA_1GB', environmentType: 'LINUX_LAMBDA_CONTAINER' },
      'The price of BUILD_LAMBDA_1GB with LINUX_LAMBDA_CONTAINER is not known.',
    ],
    [
      'an environment type without a known price',
      { environmentType: 'ARM_CONTAINER' },
      'The price of BUILD_GENERAL1_MEDIUM with ARM_CONTAINER is not known.',
    ],
    [
      'a build on a fleet, whose record has no compute type',
      { computeType: undefined },
      'The record has no compute type: builds on a reserved fleet have no price per minute.',
    ],
  ])('There is a reason in place of an estimate for %s', (_case, change, reason) => {
    expect(priceOfBuild({ ...RECORD, ...change })).toEqual({ reason });
  });
});

describe('`formatUsd()`', () => {
  it.each([
    [0, '0 USD'],
    [0.0001, 'less than 0.001 USD'],
    [0.005, '0.005 USD'],
    [0.1 + 0.2, '0.3 USD'],
    [12, '12 USD'],
  ])('The amount %d is written as %s', (usd, expected) => {
    expect(formatUsd(usd)).toBe(expected);
  });
});
