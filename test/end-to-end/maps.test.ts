import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type MapResult, type RemoteMap, seedkit } from '../../client/index.js';
import { MAP_STATE_CHANGE } from '../../lib/contract/index.js';
import { COMMAND_LINE } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { received, subscribe } from './received-events.js';

const MAPPED = path.resolve(import.meta.dirname, '../fixtures/functions/mapped.ts');
const INPUTS = 20;
const FAILING = 13;

let place: SharedSeedkit;
let folder: string;

beforeAll(async () => {
  place = await sharedSeedkit();
  await subscribe(place);
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-maps-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const nextLook = () => new Promise((resolve) => setTimeout(resolve, 100));

/**
 * Starts a map with the command line, and kills the command as soon as the map has started.
 * @returns the map's id
 */
async function startAndKill(args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const client = spawn(process.execPath, [COMMAND_LINE, 'map', '-s', place.name, ...args], { env });
  let printed = '';
  for await (const text of client.stderr.setEncoding('utf8')) {
    printed += text as string;
    const [, mapId] = /^map (\S+) over \d+ inputs\b/m.exec(printed) ?? [];
    if (mapId === undefined) continue;
    client.kill('SIGKILL');
    await once(client, 'exit').catch(() => undefined);
    return mapId;
  }
  throw new Error(`the map did not start: ${printed}`);
}

async function resultsOf(map: RemoteMap, order: 'input' | 'completion' = 'input'): Promise<MapResult[]> {
  const results: MapResult[] = [];
  for await (const result of map.results({ order })) results.push(result);
  return results;
}

describe('Maps', () => {
  it('A map whose client was killed continues, reports the one failed run of twenty, and `maps again` runs only that input', async () => {
    const fixedBy = path.join(place.seenByBuilds, 'mapped-is-fixed');
    const file = path.join(folder, 'inputs.jsonl');
    const lines = Array.from({ length: INPUTS }, (_, n) => JSON.stringify([n, fixedBy]));
    await writeFile(file, `${lines.join('\n')}\n`);

    const mapId = await startAndKill([`${MAPPED}#half`, file, '--concurrency', '8', '--name', 'halves']);
    const kit = seedkit(place.name);
    const map = await kit.maps.attach<number>(mapId);
    const results = await resultsOf(map);

    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: INPUTS }, (_, index) => index));
    const failed = results.filter((result) => 'error' in result);
    expect(failed).toMatchObject([
      {
        index: FAILING,
        runId: `${mapId}-${FAILING}`,
        status: 'FAILED',
        error: { code: 'RemoteError', remoteName: 'RangeError', message: `planned failure of ${FAILING}` },
        record: { mapId, mapIndex: FAILING },
      },
    ]);
    const values = results.flatMap((result) => ('error' in result ? [] : [[result.index, result.value]]));
    expect(values).toEqual(
      Array.from({ length: INPUTS }, (_, n) => [n, n / 2]).filter(([n]) => n !== FAILING),
    );
    const counts = { total: INPUTS, succeeded: INPUTS - 1, failed: 1, running: 0, waiting: 0 };
    await expect(map.progress()).resolves.toMatchObject({ status: 'FAILED', ...counts });
    const { detail } = await received(
      (event) =>
        event['detail-type'] === MAP_STATE_CHANGE && event.detail.mapId === mapId && 'failed' in event.detail,
    );
    expect(detail).toMatchObject({ status: 'FAILED', name: 'halves', total: INPUTS, failed: 1 });
    await expect(map.record()).resolves.toMatchObject({ mapId, name: 'halves', succeeded: 19, failed: 1 });

    await writeFile(fixedBy, '');
    const again = await kit.maps.again<number>(mapId);
    expect(await resultsOf(again)).toMatchObject([
      { index: FAILING, runId: `${again.id}-${FAILING}`, status: 'SUCCEEDED', value: FAILING / 2 },
    ]);
    await expect(again.wait()).resolves.toMatchObject({ status: 'SUCCEEDED', total: 1 });
    await expect(kit.maps.again(again.id)).rejects.toThrow(/nothing to run again/);
    const listed = await kit.maps.list();
    expect(listed.find((record) => record.mapId === again.id)).toMatchObject({
      againOf: mapId,
      status: 'SUCCEEDED',
    });
  });

  it('A map whose execution is stopped in the console is recorded as canceled and announced, and its runs and builds end', async () => {
    const kit = seedkit(place.name);
    const map = await kit.mapCommands(['sleep 600'], ['a', 'b', 'c'], { concurrency: 2 });
    while ((await kit.runs.list({ map: map.id, status: 'BUILDING' })).length < 2) await nextLook();
    await new SFNClient({}).send(new StopExecutionCommand({ executionArn: map.executionArn }));

    const { detail } = await received(
      (event) =>
        event['detail-type'] === MAP_STATE_CHANGE &&
        event.detail.mapId === map.id &&
        'failed' in event.detail,
    );
    expect(detail).toMatchObject({ status: 'CANCELED', total: 3, succeeded: 0, failed: 2 });
    for (;;) {
      const runs = await kit.runs.list({ map: map.id });
      if (runs.every(({ status }) => status === 'CANCELED')) break;
      await nextLook();
    }
    const buildIds = (await kit.runs.list({ map: map.id })).map(({ buildId = '' }) => buildId);
    const { builds = [] } = await new CodeBuildClient({}).send(new BatchGetBuildsCommand({ ids: buildIds }));
    expect(builds.map(({ buildStatus }) => buildStatus)).toEqual(['STOPPED', 'STOPPED']);
    const listed = await kit.maps.list();
    expect(listed.find(({ mapId }) => mapId === map.id)).toMatchObject({ status: 'CANCELED', failed: 2 });
  });

  it("A map with onError 'stop' starts no run after the first failure, and does not stop the runs in progress", async () => {
    const kit = seedkit(place.name);
    const command = 'if [ "$CODESEEDER_INPUT" = bad ]; then exit 3; else sleep 2; fi';
    const map = await kit.mapCommands([command], ['good', 'bad', 'good', 'good', 'good', 'good'], {
      concurrency: 2,
      onError: 'stop',
    });

    await expect(resultsOf(map)).rejects.toThrow(/^Input 1 failed, and no further run is started: /);
    const { status, succeeded, failed, running, waiting } = await map.wait();
    expect({ status, failed, running }).toEqual({ status: 'FAILED', failed: 1, running: 0 });
    expect(succeeded).toBeGreaterThanOrEqual(1);
    expect(waiting).toBeGreaterThanOrEqual(2);
    await expect(map.record()).resolves.toMatchObject({ stoppedBy: 1 });
  });

  it('A canceled map stops its runs and their builds, starts no other, and ends as CANCELED', async () => {
    const kit = seedkit(place.name);
    const map = await kit.mapCommands(['sleep 300'], [1, 2, 3, 4], { concurrency: 2 });
    for (let running = 0; running < 2;) ({ running } = await map.progress());

    const progress = await map.cancel('no longer needed');

    expect(progress).toMatchObject({ status: 'CANCELED', succeeded: 0, failed: 2, running: 0, waiting: 2 });
    const results = await resultsOf(map, 'completion');
    const ended = results.flatMap((result) => ('record' in result ? [result.record] : []));
    expect(ended.map(({ status, failure }) => [status, failure?.message])).toEqual([
      ['CANCELED', expect.stringContaining('no longer needed')],
      ['CANCELED', expect.stringContaining('no longer needed')],
    ]);
    expect(results.filter(({ status }) => status === 'NOT_STARTED').map(({ index }) => index)).toEqual([
      2, 3,
    ]);
    const ids = ended.flatMap(({ buildId }) => (buildId === undefined ? [] : [buildId]));
    if (ids.length === 0) return;
    const { builds = [] } = await new CodeBuildClient({}).send(new BatchGetBuildsCommand({ ids }));
    expect(new Set(builds.map(({ buildStatus }) => buildStatus))).toEqual(new Set(['STOPPED']));
  });
});
