import { jest } from '@jest/globals';

/** What was slept since the last reset, milliseconds each. */
export const slept: number[] = [];

let nowMs = 0;

async function sleep<Value>(
  ms: number,
  value: Value,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Value> {
  slept.push(ms);
  nowMs += ms;
  // Other events, such as an abort, still come between two looks.
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
  return value;
}

jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: sleep }));

/** Stands a clock that only sleeping moves; call it before each test. */
export function resetSleep(): void {
  slept.length = 0;
  nowMs = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
}

/** How long was slept in all. */
export const sleptMs = () => slept.reduce((sum, ms) => sum + ms, 0);
