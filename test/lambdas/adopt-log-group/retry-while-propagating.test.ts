import { describe, expect, it } from '@jest/globals';

import { retryWhilePropagating } from '../../../lambdas/adopt-log-group/retry-while-propagating.js';

function errorNamed(name: string): Error {
  return Object.assign(new Error(`${name} for now`), { name });
}

/** Retries work that fails until a certain time, in simulated time. */
async function adopt(error: Error, untilMs: number) {
  let nowMs = 0;
  let attempts = 0;
  const adopted = retryWhilePropagating(
    async () => {
      attempts += 1;
      if (nowMs < untilMs) throw error;
      return 'adopted';
    },
    {
      now: () => nowMs,
      sleep: async (milliseconds) => {
        nowMs += milliseconds;
      },
    },
  ).catch((thrown: Error) => thrown.name);
  return { result: await adopted, nowMs, attempts };
}

describe('adopting a log group while rights and key propagate', () => {
  it.each(['AccessDeniedException', 'InvalidParameterException', 'OperationAbortedException'])(
    'An %s of the first half minute is repeated until the group is adopted',
    async (name) => {
      const { result, attempts } = await adopt(errorNamed(name), 30_000);
      expect(result).toBe('adopted');
      expect(attempts).toBeLessThan(12);
    },
  );

  it('A right that never arrives is reported before the handler times out', async () => {
    const { result, nowMs } = await adopt(errorNamed('AccessDeniedException'), Infinity);
    expect(result).toBe('AccessDeniedException');
    expect(nowMs).toBeGreaterThan(50_000);
    expect(nowMs).toBeLessThanOrEqual(60_000);
  });

  it('Another error is not repeated', async () => {
    expect(await adopt(errorNamed('LimitExceededException'), 1_000)).toEqual({
      result: 'LimitExceededException',
      nowMs: 0,
      attempts: 1,
    });
  });
});
