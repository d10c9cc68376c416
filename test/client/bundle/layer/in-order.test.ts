import { setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';

import { inOrder } from '../../../../client/bundle/layer/in-order.js';

it('`inOrder` yields results in the order of the jobs and runs at most `window` at a time', async () => {
  let running = 0;
  let most = 0;
  const job = (index: number) => async () => {
    most = Math.max(most, (running += 1));
    await setTimeout(10 - index);
    running -= 1;
    return index;
  };
  const results: number[] = [];
  for await (const result of inOrder([0, 1, 2, 3, 4, 5, 6, 7].map(job), 3)) results.push(result);

  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

it('`inOrder` throws the error of a job after the results of earlier jobs', async () => {
  const seen: number[] = [];
  const jobs = [
    async () => setTimeout(20, 1),
    async () => Promise.reject(new Error('failed')),
    async () => 3,
  ];
  const read = async () => {
    for await (const result of inOrder(jobs, 3)) seen.push(result);
  };

  await expect(read()).rejects.toThrow('failed');
  expect(seen).toEqual([1]);
});
