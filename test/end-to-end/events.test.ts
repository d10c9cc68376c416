import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit } from '../../client/index.js';
import { RUN_REFUSED, RUN_REQUESTED, RUN_STATE_CHANGE } from '../../lib/contract/index.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { received, subscribe } from './received-events.js';

let place: SharedSeedkit;
let events: EventBridgeClient;

beforeAll(async () => {
  place = await sharedSeedkit();
  events = new EventBridgeClient({});
  await subscribe(place);
});

async function putRequest(detail: object): Promise<string> {
  const { Entries, FailedEntryCount } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: place.outputs['EventBus'] ?? '',
          Source: 'my.pipeline',
          DetailType: RUN_REQUESTED,
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  expect(FailedEntryCount).toBe(0);
  return Entries?.[0]?.EventId ?? '';
}

describe('The event Run Requested', () => {
  it("A Run Requested event starts a run under the event's id, whose end matches a rule of the user", async () => {
    const id = await putRequest({
      version: 1,
      invocation: { kind: 'commands', target: ['echo "from an event"'] },
      labels: { from: 'pipeline' },
    });
    const event = await received(({ detail }) => detail.runId === id && detail.status === 'SUCCEEDED');

    expect(event).toMatchObject({
      source: 'codeseeder',
      'detail-type': RUN_STATE_CHANGE,
      detail: { version: 1, trigger: 'EVENT', labels: { from: 'pipeline' }, target: 'echo "from an event"' },
    });
    const record = await seedkit(place.name).runs.get(id);
    expect(record).toMatchObject({ status: 'SUCCEEDED', durationMs: event.detail.durationMs });
  });

  it('A run that an event started logs its build in to a mirror', async () => {
    const id = await putRequest({
      version: 1,
      invocation: { kind: 'commands', target: ['npm config get registry'] },
      build: { npmMirror: 'https://mirror.example.com/npm' },
    });
    await received(({ detail }) => detail.runId === id && detail.status === 'SUCCEEDED');

    const run = await seedkit(place.name).attach(id);
    const lines: string[] = [];
    for await (const { message } of run.logs()) lines.push(message);
    expect(lines.join('\n')).toContain('npm: packages come from https://mirror.example.com/npm');
    expect(lines).toContain('https://mirror.example.com/npm/');
  });

  it('A Run Requested event that is refused is announced with the failure code', async () => {
    const id = await putRequest({ version: 1, invocation: { kind: 'commands', target: [] } });
    const event = await received((candidate) => candidate.detail.requestId === id);

    expect(event['detail-type']).toBe(RUN_REFUSED);
    expect(event.detail).toMatchObject({ version: 1, code: 'InvalidRequest' });
    expect(event.detail.message).toContain('invocation.target');
  });

  it('A Run Requested event for an image that the seedkit does not allow becomes a failed run, recorded and announced', async () => {
    const id = await putRequest({
      version: 1,
      invocation: { kind: 'commands', target: ['true'] },
      build: { privileged: true },
    });
    const event = await received(({ detail }) => detail.runId === id && detail.status === 'FAILED');

    expect(event.detail.failure?.code).toBe('NotAllowed');
    await expect(seedkit(place.name).runs.get(id)).resolves.toMatchObject({ status: 'FAILED' });
  });
});
