import path from 'node:path';

import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { type MapResult, type RemoteMap, seedkit } from '../../../client/index.js';
import { mapCancelKey, mapInputsKey, parseMapInput, runIdOfInput } from '../../../lib/contract/index.js';
import { aRecord, AWS, bucket, states } from '../mocked-account.js';
import { endRun, MAP_ID, type MockedMap, mockMap } from './mocked-map.js';

const { maps } = seedkit('demo', { aws: AWS });

let mocked: MockedMap;
beforeEach(() => {
  mocked = mockMap(4);
});

const good = { status: 'SUCCEEDED' } as const;
const bad = {
  status: 'FAILED',
  failure: { code: 'CommandFailed', message: 'exit status 3' },
} as const;

async function collected(map: RemoteMap, order: 'input' | 'completion'): Promise<MapResult[]> {
  const results: MapResult[] = [];
  for await (const result of map.results({ order })) results.push(result);
  return results;
}

const summary = (results: readonly MapResult[]) => results.map(({ index, status }) => [index, status]);

describe('The results of a map', () => {
  it('Results come in input order, although the runs end in another', async () => {
    const map = await maps.attach(MAP_ID);
    endRun(mocked, 3, good);
    endRun(mocked, 1, bad);
    // The mocked map changes in the listener of one poll, and the next poll reads the change.
    let looks = 0;
    const results: MapResult[] = [];
    const onMapProgress = () => {
      looks += 1;
      if (looks === 1) endRun(mocked, 0, good);
      if (looks === 2) endRun(mocked, 2, good);
      if (looks === 3) mocked.status = 'FAILED';
    };
    for await (const result of map.results({ onMapProgress })) {
      // The result of an input that has ended is yielded before the next poll, even if a later input has not ended.
      if (result.index === 1) expect(looks).toBe(2);
      results.push(result);
    }

    expect(summary(results)).toEqual([
      [0, 'SUCCEEDED'],
      [1, 'FAILED'],
      [2, 'SUCCEEDED'],
      [3, 'SUCCEEDED'],
    ]);
    expect(looks).toBe(4);
  });

  it('Results in the order of ends have those first that ended first', async () => {
    const map = await maps.attach(MAP_ID);
    endRun(mocked, 3, good);
    let looks = 0;
    const onMapProgress = () => {
      looks += 1;
      if (looks === 1) for (const index of [0, 1, 2]) endRun(mocked, index, good);
      if (looks === 2) mocked.status = 'SUCCEEDED';
    };
    const indexes: number[] = [];
    for await (const { index } of map.results({ order: 'completion', onMapProgress })) indexes.push(index);

    expect(indexes).toEqual([3, 0, 1, 2]);
  });

  it('An input whose run could not be started has the reason, and one that a stopped map left says that', async () => {
    endRun(mocked, 0, good);
    mocked.failed.add(1);
    mocked.reasons.set(1, 'InputChanged: The line 1 was replaced.');
    mocked.status = 'CANCELED';
    const results = await collected(await maps.attach(MAP_ID), 'input');

    expect(results).toMatchObject([
      { status: 'SUCCEEDED', value: null },
      { status: 'NOT_STARTED', error: { message: expect.stringContaining('The line 1 was replaced.') } },
      { status: 'NOT_STARTED', error: { message: expect.stringContaining('stopped, canceled or ended') } },
      { status: 'NOT_STARTED', runId: runIdOfInput(MAP_ID, 3) },
    ]);
  });

  it('The value of a run that the map did not start is not the result of an input', async () => {
    for (const index of [0, 1, 2]) endRun(mocked, index, good);
    mocked.records.set(1, aRecord({ ...good, runId: runIdOfInput(MAP_ID, 1), kind: 'commands' }));
    mocked.records.set(2, aRecord({ ...good, runId: runIdOfInput(MAP_ID, 2), mapId: 'map-2' }));
    mocked.reasons.set(2, 'RunIdConflict: The run id belongs to another run.');
    mocked.status = 'FAILED';
    const results = await collected(await maps.attach(MAP_ID), 'input');

    expect(results).toMatchObject([
      { status: 'SUCCEEDED' },
      { status: 'NOT_STARTED', error: { message: expect.stringContaining('which the map did not start') } },
      { status: 'NOT_STARTED', error: { message: expect.stringContaining('RunIdConflict') } },
      { status: 'NOT_STARTED' },
    ]);
  });

  it("With onError 'stop', the error of the first failed run is thrown and names its input", async () => {
    mocked = mockMap(3, { onError: 'stop' });
    endRun(mocked, 0, good);
    endRun(mocked, 1, bad);
    mocked.status = 'FAILED';

    await expect(collected(await maps.attach(MAP_ID), 'input')).rejects.toThrow(
      /^Input 1 failed, and no further run is started: .*exit status 3/,
    );
  });

  it('A map whose execution was stopped in the console is over, although its record says RUNNING', async () => {
    endRun(mocked, 0, good);
    mocked.execution = 'ABORTED';
    const map = await maps.attach(MAP_ID);

    await expect(map.wait()).resolves.toMatchObject({ status: 'CANCELED', succeeded: 1, waiting: 3 });
    await expect(map.record()).resolves.toMatchObject({ status: 'CANCELED' });
  });
});

describe('A map of a Python function', () => {
  it('A map is refused before anything is uploaded if an input is not the arguments of the function', async () => {
    const localModules = { shop: path.resolve(import.meta.dirname, '../../fixtures/python/shop') };
    const before = bucket.size;

    await expect(
      seedkit('demo', { aws: AWS }).mapPython('shop.prices:price_of', ['apple', ['pear', 2]], {
        localModules,
      }),
    ).rejects.toThrow('inputs[1] has 2 positional arguments, and price_of(item) in ');
    expect(bucket.size).toBe(before);
  });
});

describe('A map that is run again', () => {
  const startedInputs = () => {
    const [start] = states.commandCalls(StartExecutionCommand);
    const { mapId } = JSON.parse(start?.args[0].input.input ?? '') as { mapId: string };
    const lines = (bucket.get(mapInputsKey(mapId)) ?? '').toString().trimEnd().split('\n');
    return lines.map((line) => parseMapInput(JSON.parse(line)));
  };

  it('The runs that failed and those that were not started are started, with their indexes and arguments', async () => {
    endRun(mocked, 0, good);
    endRun(mocked, 1, bad);
    endRun(mocked, 2, good);
    mocked.status = 'FAILED';
    const again = await maps.again(MAP_ID);

    expect(again.total).toBe(2);
    expect(startedInputs()).toMatchObject([
      { index: 1, args: '["input 1"]' },
      { index: 3, args: '["input 3"]' },
    ]);
  });

  it('A run whose success was recorded and not counted is not started again', async () => {
    endRun(mocked, 0, good);
    mocked.succeeded.delete(0);
    mocked.status = 'FAILED';
    await maps.again(MAP_ID);

    expect(startedInputs().map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('An input whose run id another run has is run again', async () => {
    mocked.records.set(0, aRecord({ ...good, runId: runIdOfInput(MAP_ID, 0), kind: 'commands' }));
    mocked.status = 'FAILED';
    await maps.again(MAP_ID);

    expect(startedInputs().map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('A map that goes on, or whose last run does, is not run again', async () => {
    await expect(maps.again(MAP_ID)).rejects.toMatchObject({ code: 'MapNotOver' });
    mocked.execution = 'ABORTED';
    const runId = runIdOfInput(MAP_ID, 2);
    mocked.records.set(2, aRecord({ runId, status: 'BUILDING', mapId: MAP_ID, mapIndex: 2 }));
    await expect(maps.again(MAP_ID)).rejects.toMatchObject({
      code: 'MapNotOver',
      message: expect.stringContaining(runId),
    });

    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  it('A map whose runs all succeeded has nothing to run again', async () => {
    for (const index of [0, 1, 2, 3]) endRun(mocked, index, good);
    mocked.status = 'SUCCEEDED';
    await expect(maps.again(MAP_ID)).rejects.toThrow(/nothing to run again/);
  });

  it.each([
    ['InputMissing', (lines: string[]) => lines.splice(0)],
    ['InputChanged', (lines: string[]) => lines.splice(3, 1, (lines[3] ?? '').replace('input 3', 'evil'))],
  ])(
    'Inputs that are no longer those of the map are refused as %s, and no run is started',
    async (code, change) => {
      mocked.status = 'FAILED';
      const lines = (bucket.get(mapInputsKey(MAP_ID)) ?? '').toString().split('\n');
      change(lines);
      if (lines.length === 0) bucket.delete(mapInputsKey(MAP_ID));
      else bucket.set(mapInputsKey(MAP_ID), Buffer.from(lines.join('\n')));

      await expect(maps.again(MAP_ID)).rejects.toMatchObject({ code });
      expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
    },
  );
});

describe('The cancel of a map', () => {
  it('A note keeps further runs from starting before those that go on are stopped', async () => {
    mocked.started.add(0).add(2);
    const map = await maps.attach(MAP_ID);
    const canceling = map.cancel('no longer needed');
    while (mocked.stopped.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(bucket.get(mapCancelKey(MAP_ID))?.toString()).toMatch(/^Canceled by .*: no longer needed\.$/);
    endRun(mocked, 0, { ...bad, status: 'CANCELED' });
    endRun(mocked, 2, { ...bad, status: 'CANCELED' });
    mocked.status = 'CANCELED';

    await expect(canceling).resolves.toMatchObject({ status: 'CANCELED', failed: 2, waiting: 2 });
    expect(mocked.stopped.slice(0, 2)).toEqual([runIdOfInput(MAP_ID, 0), runIdOfInput(MAP_ID, 2)]);
  });

  it('A map that has ended is not changed', async () => {
    for (const index of [0, 1, 2, 3]) endRun(mocked, index, good);
    mocked.status = 'SUCCEEDED';
    const map = await maps.attach(MAP_ID);

    await expect(map.cancel()).resolves.toMatchObject({ status: 'SUCCEEDED', succeeded: 4 });
    expect(bucket.has(mapCancelKey(MAP_ID))).toBe(false);
    expect(mocked.stopped).toEqual([]);
  });
});
