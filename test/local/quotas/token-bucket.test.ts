import { describe, expect, it } from '@jest/globals';

import { TokenBucket } from '../../../lib/local/quotas/token-bucket.js';

const taken = (bucket: TokenBucket, nowMs: number, calls: number) =>
  Array.from({ length: calls }, () => bucket.take(nowMs)).filter(Boolean).length;

describe('A token bucket', () => {
  it('A token bucket allows as many calls at once as it holds, then refuses', () => {
    expect(taken(new TokenBucket({ bucket: 300, perSecond: 15 }, 0), 0, 1_000)).toBe(300);
  });

  it('A token bucket gets tokens back at its rate and never holds more than its size', () => {
    const bucket = new TokenBucket({ bucket: 300, perSecond: 15 }, 0);
    taken(bucket, 0, 300);
    expect(taken(bucket, 2_000, 1_000)).toBe(30);
    expect(taken(bucket, 3_600_000, 1_000)).toBe(300);
  });

  it('A token bucket allows exactly its rate to a caller that calls every millisecond for ten minutes', () => {
    const bucket = new TokenBucket({ bucket: 10, perSecond: 7 }, 0);
    taken(bucket, 0, 10);
    let calls = 0;
    for (let nowMs = 1; nowMs <= 600_000; nowMs += 1) calls += taken(bucket, nowMs, 1);
    expect(calls).toBe(600 * 7);
  });

  it('A token bucket takes as many tokens as a call costs, and none when it refuses', () => {
    const bucket = new TokenBucket({ bucket: 10, perSecond: 1 }, 0);
    expect(bucket.take(0, 8)).toBe(true);
    expect(bucket.take(0, 3)).toBe(false);
    expect(bucket.take(0, 2)).toBe(true);
  });

  it('A token bucket allows a call that costs more than its size when it is full, and then has a negative number of tokens', () => {
    const bucket = new TokenBucket({ bucket: 10, perSecond: 10 }, 0);
    expect(bucket.take(0, 30)).toBe(true);
    expect(bucket.take(2_000)).toBe(false);
    expect(bucket.take(2_100)).toBe(true);
  });

  it('A token bucket delays reserved calls one after the other', () => {
    const bucket = new TokenBucket({ bucket: 2, perSecond: 4 }, 0);
    expect([1, 2, 3, 4].map(() => bucket.reserve(0))).toEqual([0, 0, 250, 500]);
    expect(bucket.reserve(1_000)).toBe(0);
  });

  it('A token bucket keeps its tokens when the clock is set back', () => {
    const bucket = new TokenBucket({ bucket: 5, perSecond: 1 }, 10_000);
    taken(bucket, 10_000, 5);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(1_000)).toBe(true);
  });
});
