import { afterEach, describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';

import { MAP_STATE_CHANGE, parseMapStateChange } from '../../lib/contract/index.js';
import { faultsOfEvent } from '../event-schema.js';
import { closeOpened } from '../local/states/open-states.js';
import { MAP_ID, mapMachineDefinition, openMaps, type Run, startRunBefore, stopRun } from './map-runs.js';

afterEach(closeOpened);

const good: Run = { end: 'SUCCEEDED', seconds: 0 };
const bad: Run = { end: 'FAILED', seconds: 0 };
const numbers = (length: number) => Array.from({ length }, (_, index) => index);

describe('The state machine of maps', () => {
  it('The definition of the state machine of maps is valid in the states language', () => {
    const { isValid, errors } = validate(mapMachineDefinition());
    expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  });

  it('A map of 520 inputs runs each once, never more at a time than allowed, and counts its failures', async () => {
    const maps = await openMaps(1);
    const runs = numbers(520).map((index) => (index % 20 === 7 ? bad : good));
    const { status, error, cause } = await maps.place.ended(await maps.start({ runs, concurrency: 64 }));

    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'InputsFailed',
      cause: '494 of 520 inputs succeeded, 26 did not, 0 have no end.',
    });
    const { record, started, succeeded, failed } = maps.state();
    expect(started).toEqual(numbers(520));
    expect(failed).toEqual(numbers(520).filter((index) => index % 20 === 7));
    expect(succeeded).toEqual(numbers(520).filter((index) => index % 20 !== 7));
    expect(record).toMatchObject({
      mapId: MAP_ID,
      status: 'FAILED',
      total: 520,
      succeeded: 494,
      failed: 26,
      announcedAt: expect.any(String),
    });
    // An announced map is none that the sweep looks at.
    expect(record).not.toHaveProperty('facet');
    expect(maps.table.mostRunning).toBe(64);
  });

  it("With onError 'stop', no run starts after the first failure, and runs in progress are not stopped", async () => {
    const maps = await openMaps();
    const long: Run = { end: 'SUCCEEDED', seconds: 60 };
    const runs = [long, long, bad, ...numbers(20).map(() => good)];
    const beganMs = maps.nowMs();
    const { status, error, cause } = await maps.place.ended(
      await maps.start({ runs, concurrency: 3, onError: 'stop' }),
    );

    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'MapStopped',
      cause: `The input 2 failed in the run ${MAP_ID}-2, so no further run was started. 2 of 23 inputs succeeded, 1 did not, 20 have no end.`,
    });
    expect(maps.state()).toMatchObject({ started: [0, 1, 2], succeeded: [0, 1], failed: [2] });
    expect(maps.state().record).toMatchObject({ status: 'FAILED', stoppedBy: 2 });
    expect((maps.nowMs() - beganMs) / 1_000).toBeGreaterThan(60);
  });

  it('A canceled map starts no further run, and ends when its runs have ended', async () => {
    const maps = await openMaps();
    const endless: Run = { end: 'SUCCEEDED', seconds: 86_400 };
    const executionArn = await maps.start({ runs: numbers(8).map(() => endless), concurrency: 2 });
    while (maps.state().started.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await maps.cancel();
    await Promise.all([stopRun(maps, 0), stopRun(maps, 1)]);
    const { status, error, cause } = await maps.place.ended(executionArn);

    expect({ status, error, cause }).toEqual({
      status: 'FAILED',
      error: 'MapCanceled',
      cause: 'Canceled by me@here. 0 of 8 inputs succeeded, 2 did not, 6 have no end.',
    });
    expect(maps.state()).toMatchObject({ started: [0, 1], failed: [0, 1], record: { status: 'CANCELED' } });
  });

  it('A map announces that it runs, and how it ended with the input that stopped it, as its record says', async () => {
    const maps = await openMaps();
    await maps.place.ended(await maps.start({ runs: [bad], onError: 'stop', name: 'halves' }));

    const sent = maps.place.events.filter(({ detailType }) => detailType === MAP_STATE_CHANGE);
    const [running, ended] = sent.map(({ detail }) => parseMapStateChange(JSON.parse(detail)));
    const {
      runId: _key,
      day: _day,
      expiresAt: _expiry,
      announcedAt: _announced,
      ...record
    } = maps.state().record;
    expect(sent.map(({ source }) => source)).toEqual(['codeseeder', 'codeseeder']);
    expect(ended).toEqual({ version: 1, ...record });
    expect(ended).toMatchObject({ status: 'FAILED', name: 'halves', stoppedBy: 0, succeeded: 0, failed: 1 });
    expect(running).toMatchObject({
      status: 'RUNNING',
      mapId: MAP_ID,
      total: 1,
      queuedAt: record['queuedAt'],
    });
    expect(running).not.toHaveProperty('finishedAt');
    const faults = sent.map(({ detail }) => faultsOfEvent(MAP_STATE_CHANGE, JSON.parse(detail)));
    expect(faults).toEqual([[], []]);
  });

  it('An input that was replaced in the bucket is not run, and its reason is kept', async () => {
    const maps = await openMaps();
    const { status } = await maps.place.ended(await maps.start({ runs: [good, good, good], changed: 1 }));

    expect(status).toBe('FAILED');
    const { started, succeeded, failed, reasons } = maps.state();
    expect({ started, succeeded, failed }).toEqual({ started: [0, 2], succeeded: [0, 2], failed: [1] });
    expect(reasons).toEqual([expect.stringContaining('InputChanged')]);
  });

  it('A run that had already ended when its start was retried is counted as in its record', async () => {
    const maps = await openMaps();
    await startRunBefore(maps, 0, good);
    await startRunBefore(maps, 1, bad);
    const { status } = await maps.place.ended(await maps.start({ runs: [good, bad, good] }));

    expect(status).toBe('FAILED');
    expect(maps.state()).toMatchObject({ succeeded: [0, 2], failed: [1], reasons: [] });
  });

  it('A run that others started under the id of the run of an input is not counted as that run', async () => {
    const maps = await openMaps();
    await startRunBefore(maps, 1, good, 'map-of-another');
    const { status } = await maps.place.ended(await maps.start({ runs: [good, good, good] }));

    expect(status).toBe('FAILED');
    expect(maps.state()).toMatchObject({ succeeded: [0, 2], failed: [1] });
    expect(maps.state().reasons).toEqual([expect.stringContaining('ExecutionAlreadyExists')]);
  });

  it('A map whose description was replaced is refused and leaves no record', async () => {
    const maps = await openMaps();
    const executionArn = await maps.start({ runs: [good], mapId: 'another' });
    const { status, error, cause } = await maps.place.ended(executionArn);

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'InvalidRequest' });
    expect(cause).toContain('description.mapId: another is not the id of the map');
    expect(maps.state().record).toEqual({});
  });
});
