import { setTimeout as sleep } from 'node:timers/promises';

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { seedkitNames } from '../../lib/contract/index.js';
import { type LocalAws, type PlaceCall, startLocalAws } from '../../lib/local/index.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

const SEEDKIT = 'demo';

type HandlerName = Parameters<typeof seedkitNames.handler>[1];

let place: LocalAws;
let prepare: () => void;
const isPrepared = new Promise<void>((resolve) => (prepare = resolve));
let wasPreparing: () => void;
const isPreparing = new Promise<void>((resolve) => (wasPreparing = resolve));
/** The requests of handlers to send an event. */
const announced: string[] = [];

const isOf = (call: PlaceCall, handler: HandlerName) =>
  call.functionName?.includes(seedkitNames.handler(SEEDKIT, handler)) === true;

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  place = await startLocalAws({
    intercept: async (call, proceed) => {
      if (isOf(call, 'prepare-run')) {
        wasPreparing();
        await isPrepared;
      }
      // Simulates that AWS does not deliver the event of the execution's end. Step Functions sends such events on a
      // best-effort basis.
      if (call.from === 'place' && isOf(call, 'reconcile-run')) return undefined as never;
      if (call.from !== 'place' && call.operation === 'PutEvents') announced.push(call.operation);
      return proceed();
    },
  });
  await place.deploy(assembly.folder);
});

afterAll(() => place.close());

async function sweep(): Promise<unknown> {
  const { endpoint, region, credentials } = place;
  const { Payload, FunctionError } = await new LambdaClient({ endpoint, region, credentials }).send(
    new InvokeCommand({
      FunctionName: seedkitNames.handler(SEEDKIT, 'reconcile-run'),
      Payload: JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
    }),
  );
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

describe('An execution that was stopped before RecordQueued', () => {
  it('The sweep records and announces a run whose execution was stopped before its record was written', async () => {
    const { endpoint, region, credentials } = place;
    const kit = seedkit(SEEDKIT, { aws: { endpoint, region, credentials } });
    const run = await kit.submitCommands(['echo never']);
    await isPreparing;
    await run.cancel('the wrong one');
    prepare();
    await sleep(500);
    expect(await run.record()).toBeUndefined();
    expect(announced).toEqual([]);

    expect(await sweep()).toEqual({ examined: 1, ended: [run.id], left: 0 });
    expect(await run.record()).toMatchObject({
      status: 'CANCELED',
      failure: { code: 'RunCanceled', message: expect.stringContaining('the wrong one') },
    });
    expect((await run.record())?.announcedAt).toBeDefined();
    expect(announced).toHaveLength(1);
    await expect(run.outcome()).rejects.toMatchObject({ code: 'RunCanceled' });

    expect(await sweep()).toEqual({ examined: 0, ended: [], left: 0 });
    expect(announced).toHaveLength(1);
  });
});
