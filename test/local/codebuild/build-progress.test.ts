import { setImmediate } from 'node:timers/promises';

import { expect, it } from '@jest/globals';

import { createBuildEvents } from '../../../lib/local/codebuild/build-events.js';
import { createBuildProgress } from '../../../lib/local/codebuild/build-progress.js';
import type { BuildRecord } from '../../../lib/local/codebuild/build-record.js';

/** A build in its first phase, with the phases of each write, the events, and a switch that makes writes fail. */
function aBuild() {
  const written: string[][] = [];
  const announced: string[] = [];
  const disk = { isFull: false };
  const build = { id: 'demo:1', arn: 'arn', phases: [{ phaseType: 'QUEUED', startTime: 1 }] };
  const record = { build } as unknown as BuildRecord;
  const sender = {
    send: async ({ detailType }: { detailType: string }) => void announced.push(detailType),
  };
  const progress = createBuildProgress(record, {
    clock: { now: () => 2_000 } as never,
    events: createBuildEvents(sender as never, () => undefined),
    put: async ({ build: { phases } }) => {
      if (disk.isFull) throw new Error('no space');
      written.push(phases.map(({ phaseType, phaseStatus = '' }) => `${phaseType} ${phaseStatus}`));
    },
  });
  return { progress, written, announced, disk };
}

it('The end of a phase and the start of the next are one write', async () => {
  const { progress, written, announced } = aBuild();
  progress.leave('SUCCEEDED');
  await progress.enter('PROVISIONING');
  await setImmediate();

  expect(written).toEqual([['QUEUED SUCCEEDED', 'PROVISIONING ']]);
  expect(announced).toEqual(['CodeBuild Build Phase Change']);
});

it('The end of a phase is written and announced although no other follows yet', async () => {
  const { progress, written, announced } = aBuild();
  progress.leave('SUCCEEDED');
  expect(written).toEqual([]);
  await setImmediate();
  await setImmediate();

  expect(written).toEqual([['QUEUED SUCCEEDED']]);
  expect(announced).toEqual(['CodeBuild Build Phase Change']);
});

it('The end of a phase that could not be written fails the next change, and is not announced', async () => {
  const { progress, announced, disk } = aBuild();
  disk.isFull = true;
  progress.leave('SUCCEEDED');
  await setImmediate();
  disk.isFull = false;

  await expect(progress.enter('PROVISIONING')).rejects.toThrow('no space');
  await setImmediate();
  expect(announced).toEqual([]);
});
