import { PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { MapRuns, MapsPage, MapView, RunsPage } from '../../../client/console/api.js';
import { bucket, dynamoDb, s3, states } from '../mocked-account.js';
import { endRun, MAP_ID, type MockedMap, mockMap } from '../maps/mocked-map.js';
import { mapCancelKey, mapDescriptionKey } from '../../../lib/contract/index.js';
import { type OpenConsole, openConsole } from './mocked-console.js';

let mocked: MockedMap;
let site: OpenConsole;

beforeEach(async () => {
  mocked = mockMap(1_200);
  site = await openConsole();
});

afterEach(() => site.running.close());

const parsed = async <T>(path: string) => JSON.parse((await site.get(path)).body) as T;
const view = (version = 0) => parsed<MapView>(`/api/maps/${MAP_ID}/view?version=${version}`);

/** Waits until the console has read a change. The server polls the map while it is running. */
async function viewAfter(version: number): Promise<MapView> {
  for (;;) {
    const found = await view(version);
    if (found.version !== version) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('The view of a map', () => {
  it('The first view has the states of all inputs in groups, and the next one only the groups that have changed', async () => {
    endRun(mocked, 2, { status: 'FAILED', failure: { code: 'CommandFailed', message: 'exit status 3' } });
    mocked.started.add(4);
    const first = await view();

    expect(first).toMatchObject({
      record: { mapId: MAP_ID, status: 'RUNNING' },
      counts: { total: 1_200, succeeded: 0, failed: 1, running: 1, waiting: 1_198 },
      ranges: [[0, 1_199]],
    });
    expect(first.groups).toEqual([
      [0, '2w1f1w1r495w'],
      [500, '500w'],
      [1_000, '200w'],
    ]);
    endRun(mocked, 4, { status: 'SUCCEEDED' });
    const next = await viewAfter(first.version);
    expect(next.groups).toEqual([[0, '2w1f1w1s495w']]);
    expect(next.ranges).toBeUndefined();
  });

  it('The end of a map is seen, and its record has the status', async () => {
    const { version } = await view();
    mocked.status = 'FAILED';

    expect(await viewAfter(version)).toMatchObject({ record: { status: 'FAILED' } });
  });

  it('A map whose files have expired is shown by its record, with the reason', async () => {
    bucket.delete(mapDescriptionKey(MAP_ID));
    const found = await view();

    expect(found).toMatchObject({ record: { mapId: MAP_ID }, groups: [], ranges: [] });
    expect(found.problem).toContain('no longer in the bucket');
  });

  it.each([
    ['never-was', 404, 'MapNotFound'],
    ['no%20map', 400, 'InvalidRequest'],
  ])('The view of the map %s is answered %i', async (mapId, status, code) => {
    dynamoDb.reset();
    dynamoDb.resolves({});
    const answer = await site.get(`/api/maps/${mapId}/view`);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ code });
  });
});

describe('The runs of a map', () => {
  it('Records are read for the inputs that are asked for, and reasons for those that could not be started', async () => {
    endRun(mocked, 1, { status: 'SUCCEEDED' });
    endRun(mocked, 2, { status: 'SUCCEEDED' });
    mocked.failed.add(3);
    mocked.reasons.set(3, 'InputChanged: The line was replaced.');
    await view();
    const { runs, reasons } = await parsed<MapRuns>(`/api/maps/${MAP_ID}/runs?indexes=1,3`);

    expect(runs).toMatchObject([{ runId: `${MAP_ID}-1`, status: 'SUCCEEDED', mapIndex: 1 }]);
    expect(reasons).toEqual({ 3: 'InputChanged: The line was replaced.' });
  });

  it('A request for the runs of more than a hundred inputs is refused', async () => {
    const indexes = Array.from({ length: 101 }, (_, index) => index).join(',');

    expect((await site.get(`/api/maps/${MAP_ID}/runs?indexes=${indexes}`)).status).toBe(400);
  });
});

describe('Runs of maps in the list of runs', () => {
  it('The name of the map comes with its runs, and is read once', async () => {
    mocked.name = 'Check each account';
    endRun(mocked, 2, { status: 'FAILED' });
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    const changes = () => parsed<RunsPage>(`/api/changes?ids=${MAP_ID}-2&since=${new Date().toISOString()}`);
    const { runs, mapNames } = await changes();
    await changes();

    expect(runs.map(({ runId }) => runId)).toEqual([`${MAP_ID}-2`]);
    expect(mapNames).toEqual({ [MAP_ID]: 'Check each account' });
    expect(dynamoDb.commandCalls(GetItemCommand)).toHaveLength(1);
  });
});

describe('The list of runs', () => {
  it('A list has the failure of a run on one line, without its stack and without values of the run', async () => {
    const remote = {
      name: 'Error',
      message: 'no',
      stack: `Error: no\n${'    at f (a.ts:1:1)\n'.repeat(500)}`,
    };
    const failure = { code: 'RemoteError', message: 'Error: no', remote } as const;
    endRun(mocked, 2, { status: 'FAILED', failure, exportedVariables: { OUT: 'x'.repeat(9_000) } });
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    const path = `/api/changes?ids=${MAP_ID}-2&since=${new Date().toISOString()}`;
    const answers = [path, `/api/maps/${MAP_ID}/runs?indexes=2`].map(async (one) => site.get(one));

    for (const { body } of await Promise.all(answers)) {
      expect(JSON.parse(body)).toMatchObject({ runs: [{ runId: `${MAP_ID}-2`, failureLine: 'Error: no' }] });
      expect(body.length).toBeLessThan(1_000);
    }
  });
});

describe('The list of maps', () => {
  it('The list has the newest maps, and the current records of those that are asked for by id', async () => {
    const { record } = await view();
    dynamoDb
      .on(QueryCommand)
      .resolvesOnce({
        Items: [marshall({ ...record, mapId: 'map-2' }), marshall({ ...record, mapId: 'map-0' })],
      })
      .resolves({ Items: [] });
    const page = await parsed<MapsPage>(`/api/maps?days=1&limit=1&ids=${MAP_ID}`);

    expect(page.hasMore).toBe(true);
    expect(page.maps.map(({ mapId }) => mapId)).toEqual(['map-2', MAP_ID]);
  });

  it.each(['limit=0', 'days=31', 'ids=a%20b', 'other=1'])('A list with %s is refused', async (query) => {
    expect((await site.get(`/api/maps?${query}`)).status).toBe(400);
  });
});

describe('Actions on maps', () => {
  it('The own page cancels a map: a note keeps further runs from starting, and runs in progress are stopped', async () => {
    mocked.started.add(0);
    const answered = site.post(`/api/maps/${MAP_ID}/cancel`, { reason: 'not needed' });
    while (mocked.stopped.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    endRun(mocked, 0, { status: 'CANCELED' });
    mocked.status = 'CANCELED';

    expect((await answered).status).toBe(200);
    expect(bucket.get(mapCancelKey(MAP_ID))?.toString()).toMatch(/^Canceled by .*: not needed\.$/);
    expect(new Set(mocked.stopped)).toEqual(new Set([`${MAP_ID}-0`]));
  });

  it('A cancellation that AWS refuses is answered 403, and the page of the map keeps showing why', async () => {
    s3.on(PutObjectCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    const answer = await site.post(`/api/maps/${MAP_ID}/cancel`, {});

    expect(answer.status).toBe(403);
    expect((await view()).cancelProblem).toBe('AccessDenied: not authorized');
    expect(mocked.stopped).toEqual([]);
  });

  it('A map that has not ended is not started again', async () => {
    const answer = await site.post(`/api/maps/${MAP_ID}/again`, {});

    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'MapNotOver' });
  });

  it('A map that has ended is started again over its unsuccessful inputs, as a new map', async () => {
    mocked = mockMap(2);
    endRun(mocked, 0, { status: 'SUCCEEDED' });
    mocked.status = 'CANCELED';
    const { mapId } = JSON.parse((await site.post(`/api/maps/${MAP_ID}/again`, {})).body) as {
      mapId: string;
    };
    const [start] = states.commandCalls(StartExecutionCommand);

    expect(start?.args[0].input.name).toBe(mapId);
  });

  it.each(['cancel', 'again'])('A %s of another site is refused', async (action) => {
    const answer = await site.call(`/api/maps/${MAP_ID}/${action}`, {
      method: 'POST',
      headers: site.own({ origin: 'http://evil.example', 'content-type': 'application/json' }),
      body: '{}',
    });

    expect(answer.status).toBe(403);
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
    expect(bucket.has(mapCancelKey(MAP_ID))).toBe(false);
  });
});
