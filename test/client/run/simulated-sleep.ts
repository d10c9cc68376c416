import { afterAll, jest } from '@jest/globals';

/** Duration of each sleep since the last reset, in milliseconds. */
export const slept: number[] = [];

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

let startMs = 0;
let nowMs = 0;
let sleepers: Sleeper[] = [];
let isAdvancing = false;
let isOver = false;

async function sleep<Value>(
  ms: number,
  value: Value,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Value> {
  slept.push(ms);
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      sleepers = sleepers.filter((other) => other !== sleeper);
      reject(signal?.reason as Error);
    };
    const wake = () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    };
    const sleeper = { wakeMs: nowMs + ms, wake };
    sleepers.push(sleeper);
    signal?.addEventListener('abort', stop, { once: true });
    if (!isAdvancing && !isOver) void advance();
  });
  return value;
}

/** Moves the clock to the end of the next sleep whenever no other work is left. */
async function advance(): Promise<void> {
  isAdvancing = true;
  while (sleepers.length > 0 && !isOver) {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    sleepers.sort((left, right) => left.wakeMs - right.wakeMs);
    const next = sleepers.shift();
    if (next === undefined) break;
    nowMs = Math.max(nowMs, next.wakeMs);
    next.wake();
  }
  isAdvancing = false;
}

jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: sleep }));

// Code that still waits, such as an observer of a run without an end, must not use the processor of later test files.
afterAll(() => {
  isOver = true;
});

/** Resets the clock, which moves only while all code sleeps. Call it before each test. */
export function resetSleep(): void {
  slept.length = 0;
  for (const { wake } of sleepers.splice(0)) wake();
  startMs = nowMs = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
}

/** Returns the simulated time that has passed since the last reset, in milliseconds. */
export const sleptMs = () => nowMs - startMs;

/** Returns the number of sleeps that have not ended. Each would keep a process running. */
export const sleeping = () => sleepers.length;
