import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { startRun } from '../../../lambdas/start-run/start-run.js';
import { parseRunRequest } from '../../../lib/contract/index.js';
import { A_SHA256, anInput, aRunRequest } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';

const s3 = mockClient(S3Client);
const sfn = mockClient(SFNClient);
const events = mockClient(EventBridgeClient);

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo';
const COMMANDS = { kind: 'commands', target: ['ls'] };
const EVENT_ID = '7bf73129-1428-4cd3-a780-95db273d1602';
/** Result of `printf 7bf73129-1428-4cd3-a780-95db273d1602 | sha256sum | head -c 8`. */
const EVENT_ID_DIGITS = 'd2c35734';

function start(event: unknown) {
  return startRun(event, {
    s3: new S3Client({}),
    sfn: new SFNClient({}),
    events: new EventBridgeClient({}),
    seedkit: 'demo',
    bucket: 'bucket',
    eventBus: 'bus',
    stateMachineArn: MACHINE,
    invocationId: 'invocation-1',
  });
}

const requested = (detail: object, id = EVENT_ID) => ({
  id,
  source: 'my.app',
  'detail-type': 'Run Requested',
  detail: { version: 1, ...detail },
});
const created = (key: string, bucket = 'bucket') => ({
  id: EVENT_ID,
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key, size: 10 } },
});

/** Returns the event of an inbox object with the given ETag. */
function createdAs(etag: string) {
  const event = created('inbox/a.request.json');
  return { ...event, detail: { ...event.detail, object: { ...event.detail.object, etag } } };
}

const startedInputs = () => sfn.commandCalls(StartExecutionCommand).map((call) => call.args[0].input);
const allPuts = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
const puts = () => allPuts().filter(({ Key }) => !Key?.endsWith('/trigger.json'));
const notes = () => allPuts().filter(({ Key }) => Key?.endsWith('/trigger.json'));
const announced = () =>
  events
    .commandCalls(PutEventsCommand)
    .flatMap((call) => call.args[0].input.Entries ?? [])
    .map((entry) => ({ ...entry, Detail: JSON.parse(entry.Detail ?? '') }));

function alreadyStartedWith(input: string) {
  sfn
    .on(StartExecutionCommand)
    .rejects(new ExecutionAlreadyExists({ $metadata: {}, message: 'exists' }))
    .on(DescribeExecutionCommand)
    .resolves({ input });
}

beforeEach(() => {
  s3.reset();
  sfn.reset();
  events.reset();
  s3.on(PutObjectCommand).resolves({});
  sfn.on(StartExecutionCommand).resolves({});
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
});

describe('a Run Requested event', () => {
  it('A Run Requested event stores its input and starts the execution with its id as name', async () => {
    const result = await start(requested({ invocation: COMMANDS, labels: { a: 'b' } }));

    expect(result).toEqual({ runId: EVENT_ID, executionArn: `${EXECUTION}:${EVENT_ID}` });
    expect(puts()).toEqual([
      expect.objectContaining({
        Bucket: 'bucket',
        Key: `runs/${EVENT_ID}/input/invocation.json`,
        Body: Buffer.from(JSON.stringify(COMMANDS)),
        IfNoneMatch: '*',
      }),
    ]);
    expect(startedInputs()[0]).toMatchObject({ stateMachineArn: MACHINE, name: EVENT_ID });
    expect(parseRunRequest(JSON.parse(startedInputs()[0]?.input ?? ''))).toMatchObject({
      runId: EVENT_ID,
      seedkit: 'demo',
      trigger: 'EVENT',
      build: {},
      labels: { a: 'b' },
    });
    expect(announced()).toEqual([]);
  });

  it('A Run Requested event can name its run', async () => {
    expect(await start(requested({ runId: 'mine', seedkit: 'demo', invocation: COMMANDS }))).toMatchObject({
      runId: 'mine',
    });
  });

  it.each(['inbox/call.json', 'runs/other/input/invocation.json'])(
    'The invocation at %s is copied to the run of a Run Requested event',
    async (inputKey) => {
      s3.on(GetObjectCommand, { Bucket: 'bucket', Key: inputKey }).resolves(
        objectWith(JSON.stringify(COMMANDS)),
      );
      await start(requested({ runId: 'mine', inputKey }));

      expect(puts()[0]).toMatchObject({
        Key: 'runs/mine/input/invocation.json',
        Body: Buffer.from(JSON.stringify(COMMANDS)),
      });
    },
  );

  it("An input at the run's own key is not copied", async () => {
    s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify(COMMANDS)));
    await start(requested({ runId: 'mine', inputKey: 'runs/mine/input/invocation.json' }));

    expect(puts()).toHaveLength(0);
    expect(JSON.parse(startedInputs()[0]?.input ?? '')).toMatchObject({ input: anInput(COMMANDS, 'mine') });
  });

  it.each([
    ['inputSha256 of another content', { inputSha256: A_SHA256 }, 'InputChanged'],
    [
      'inputSha256 without inputKey',
      { inputKey: undefined, invocation: COMMANDS, inputSha256: A_SHA256 },
      'InvalidRequest',
    ],
  ])('A Run Requested event is refused with %s', async (_, fields, code) => {
    s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify(COMMANDS)));
    const request = { runId: 'mine', inputKey: 'inbox/call.json', ...fields };

    expect(await start(requested(request))).toMatchObject({ refused: { code } });
    expect(startedInputs()).toHaveLength(0);
  });

  it('A Run Requested event delivered twice is accepted when the execution has the same input', async () => {
    await start(requested({ invocation: COMMANDS }));
    const { input = '' } = startedInputs()[0] ?? {};
    const note = String(notes()[0]?.Body as Buffer);
    s3.on(PutObjectCommand).rejects(s3Error('PreconditionFailed', 412));
    s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify(COMMANDS)));
    s3.on(GetObjectCommand, { Key: `runs/${EVENT_ID}/trigger.json` }).resolves(objectWith(note));
    alreadyStartedWith(JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(input)).reverse())));

    expect(await start(requested({ invocation: COMMANDS }))).toMatchObject({ runId: EVENT_ID });
    expect(announced()).toEqual([]);
  });

  it('A Run Requested event is refused when its run exists with another request', async () => {
    alreadyStartedWith('{"version":1}');

    expect(await start(requested({ runId: 'mine', invocation: COMMANDS }))).toMatchObject({
      refused: { requestId: 'mine', code: 'RunIdConflict' },
    });
    expect(announced()[0]).toMatchObject({
      EventBusName: 'bus',
      Source: 'codeseeder',
      DetailType: 'Run Refused',
      Detail: { version: 1, requestId: 'mine', code: 'RunIdConflict' },
    });
  });

  it("A Run Requested event never overwrites another request's invocation of the same run", async () => {
    s3.on(PutObjectCommand).rejects(s3Error('PreconditionFailed', 412));
    s3.on(GetObjectCommand).resolves(objectWith(JSON.stringify({ kind: 'commands', target: ['other'] })));

    expect(await start(requested({ runId: 'mine', invocation: COMMANDS }))).toMatchObject({
      refused: { code: 'RunIdConflict' },
    });
    expect(startedInputs()).toHaveLength(0);
  });

  it('The trigger of a Run Requested event is stored before the execution starts', async () => {
    const order: string[] = [];
    s3.on(PutObjectCommand).callsFake(({ Key }) => {
      order.push(Key);
      return {};
    });
    sfn.on(StartExecutionCommand).callsFake(() => {
      order.push('StartExecution');
      return {};
    });
    await start(requested({ runId: 'mine', invocation: COMMANDS }));

    expect(order).toEqual(['runs/mine/input/invocation.json', 'runs/mine/trigger.json', 'StartExecution']);
    expect(notes()[0]).toMatchObject({ Bucket: 'bucket', IfNoneMatch: '*' });
    expect(JSON.parse(String(notes()[0]?.Body as Buffer))).toEqual({
      version: 1,
      trigger: 'EVENT',
      requestSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it.each([
    ['of another request', JSON.stringify({ version: 1, trigger: 'EVENT', requestSha256: '0'.repeat(64) })],
    ['that is not valid', '{}'],
  ])(
    'A Run Requested event is refused and starts nothing if its run has a stored trigger %s',
    async (_what, note) => {
      const Key = 'runs/mine/trigger.json';
      s3.on(PutObjectCommand, { Key }).rejects(s3Error('PreconditionFailed', 412));
      s3.on(GetObjectCommand, { Key }).resolves(objectWith(note));

      expect(await start(requested({ runId: 'mine', invocation: COMMANDS }))).toMatchObject({
        refused: { requestId: 'mine', code: 'RunIdConflict' },
      });
      expect(startedInputs()).toHaveLength(0);
    },
  );

  it.each<[string, object, string, RegExp]>([
    ['an unknown field', { colour: 'red', invocation: COMMANDS }, 'InvalidRequest', /colour/],
    ['another seedkit', { seedkit: 'prod', invocation: COMMANDS }, 'InvalidRequest', /prod.*demo/],
    [
      'a run id that no execution can have',
      { runId: 'a/b', invocation: COMMANDS },
      'InvalidRequest',
      /runId/,
    ],
    [
      'a key of a place that is not for inputs',
      { inputKey: 'bundles/x.zip' },
      'InvalidRequest',
      /bundles\/x.zip/,
    ],
    [
      'the key of an output',
      { inputKey: 'outputs/arn/result.json' },
      'InvalidRequest',
      /neither under runs\/<runId>\/input\/ nor under inbox\//,
    ],
  ])('A Run Requested event with %s is refused', async (_, detail, code, message) => {
    expect(await start(requested(detail))).toMatchObject({
      refused: { code, message: expect.stringMatching(message) },
    });
    expect(startedInputs()).toHaveLength(0);
  });

  it('A Run Requested event whose own id no execution can have is refused', async () => {
    expect(await start(requested({ invocation: COMMANDS }, 'a b'))).toMatchObject({
      refused: { requestId: 'a b', code: 'InvalidRequest', message: expect.stringContaining('"a b"') },
    });
  });

  it('A Run Requested event with an integer beyond 2^53 is refused, because the event was rounded', async () => {
    const target = { module: 'src/a.ts', exportName: 'f' };
    const args = [1, { ids: [2 ** 53 - 1, 2 ** 53] }];
    const started = await start(
      requested({ invocation: { kind: 'node', target, args }, bundle: aRunRequest().bundle }),
    );

    expect(started).toMatchObject({
      refused: {
        code: 'InvalidRequest',
        message: expect.stringContaining('invocation.args[1].ids[1] is the integer 9007199254740992'),
      },
    });
    expect(startedInputs()).toEqual([]);
  });

  it('A Run Requested event whose input is missing is refused', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));

    expect(await start(requested({ inputKey: 'inbox/gone.json' }))).toMatchObject({
      refused: { code: 'InputMissing' },
    });
  });

  it.each([
    ['Step Functions', () => sfn.on(StartExecutionCommand).rejects(new Error('later'))],
    ['S3', () => s3.on(PutObjectCommand).rejects(s3Error('SlowDown', 503))],
  ])('A Run Requested event is delivered again after an error of %s', async (_, breakIt) => {
    breakIt();

    await expect(start(requested({ invocation: COMMANDS }))).rejects.toThrow();
    expect(announced()).toEqual([]);
  });

  it('A Run Requested event is delivered again when its refusal could not be announced', async () => {
    events.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Internal' }] });

    await expect(start(requested({}))).rejects.toThrow(
      /Could not announce the refusal of .* on bus: Internal/,
    );
  });
});

describe('a schedule', () => {
  const scheduled = { schedule: 'nightly', id: EVENT_ID, time: '2026-03-01T02:00:00Z' };

  it('A schedule starts a run whose id has the name and the time of the schedule', async () => {
    const request = { version: 1, invocation: COMMANDS };

    expect(await start({ ...scheduled, request })).toMatchObject({
      runId: `nightly-20260301T020000Z-${EVENT_ID_DIGITS}`,
    });
    expect(JSON.parse(startedInputs()[0]?.input ?? '')).toMatchObject({ trigger: 'SCHEDULE' });
  });

  it('An event of a schedule that is delivered twice starts one run, and another event another run', async () => {
    const request = { version: 1, invocation: COMMANDS };
    const first = await start({ ...scheduled, request });
    const again = await start({ ...scheduled, request });
    const other = await start({ ...scheduled, id: 'another', request });

    expect(again).toEqual(first);
    expect(startedInputs()[1]).toEqual(startedInputs()[0]);
    expect(other).toMatchObject({ runId: expect.stringMatching(/^nightly-20260301T020000Z-[0-9a-f]{8}$/) });
    expect(other).not.toEqual(first);
  });

  it('The longest name of a schedule gives a run id of 80 characters', async () => {
    const request = { version: 1, invocation: COMMANDS };
    const started = await start({ ...scheduled, schedule: 'n'.repeat(54), request });

    expect('runId' in started && started.runId).toHaveLength(80);
    expect(await start({ ...scheduled, schedule: 'n'.repeat(55), request })).toMatchObject({
      refused: { code: 'InvalidRequest', message: expect.stringContaining('1 to 54 letters') },
    });
  });

  it.each([
    [{ id: undefined, request: { version: 1, invocation: COMMANDS } }, /id: .*expected string/],
    [{ request: { version: 1, runId: 'fixed', invocation: COMMANDS } }, /request\.runId.*leave it out/s],
    [{ time: 'soon', request: { version: 1, invocation: COMMANDS } }, /time.*not ISO 8601/s],
    [
      { schedule: 'every night', request: { version: 1, invocation: COMMANDS } },
      /schedule.*letters, digits/s,
    ],
    [{ request: {} }, /request\.version/],
  ])('A schedule with %j is refused', async (fields, message) => {
    expect(await start({ ...scheduled, ...fields })).toMatchObject({
      refused: {
        requestId: expect.stringMatching(/^(nightly|every night) /),
        message: expect.stringMatching(message),
      },
    });
  });
});

describe('an object of the inbox', () => {
  it('A request file in the inbox starts the run it asks for', async () => {
    s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'inbox/a b.request.json' }).resolves(
      objectWith(JSON.stringify({ version: 1, invocation: COMMANDS })),
    );

    expect(await start(created('inbox/a b.request.json'))).toMatchObject({ runId: EVENT_ID });
    expect(JSON.parse(startedInputs()[0]?.input ?? '')).toMatchObject({ trigger: 'INBOX' });
  });

  it('A request file that is not JSON is refused', async () => {
    s3.on(GetObjectCommand).resolves(objectWith('{'));

    expect(await start(created('inbox/a.request.json'))).toMatchObject({
      refused: {
        requestId: EVENT_ID,
        code: 'InvalidRequest',
        message: expect.stringContaining('inbox/a.request.json'),
      },
    });
  });

  it.each(['etag-of-the-event', '"etag-of-the-event"'])(
    'A request file is read as the event names it (ETag %s)',
    async (ETag) => {
      const text = JSON.stringify({ version: 1, invocation: COMMANDS });
      s3.on(GetObjectCommand).resolves({ ...objectWith(text), ETag });
      await expect(start(createdAs('etag-of-the-event'))).resolves.toMatchObject({ runId: EVENT_ID });
    },
  );

  it('A request file that was replaced starts no second run, because its replacement has an event of its own', async () => {
    const text = JSON.stringify({ version: 1, invocation: COMMANDS });
    s3.on(GetObjectCommand).resolves({ ...objectWith(text), ETag: '"etag-of-another"' });
    await expect(start(createdAs('etag-of-the-event'))).resolves.toMatchObject({
      refused: {
        code: 'InputChanged',
        message:
          'The request s3://bucket/inbox/a.request.json was replaced: it has the ETag etag-of-another instead of etag-of-the-event. The new object is a request of its own.',
      },
    });
    expect([startedInputs(), puts()]).toEqual([[], []]);
  });

  it('A request file that no longer exists is refused', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));

    expect(await start(created('inbox/a.request.json'))).toMatchObject({ refused: { code: 'InputMissing' } });
  });

  it.each([
    ['elsewhere in the bucket', created('runs/a.request.json')],
    ['that is an invocation', created('inbox/a.json')],
    ['of another bucket', created('inbox/a.request.json', 'other')],
  ])('An object %s is refused without being read', async (_, event) => {
    expect(await start(event)).toMatchObject({ refused: { code: 'InvalidRequest' } });
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(0);
  });
});

describe('an event of no known kind', () => {
  it('An event of an unknown kind is refused under the id of the invocation that it caused', async () => {
    expect(await start({ hello: 'world' })).toMatchObject({
      refused: { requestId: 'invocation-1', code: 'InvalidRequest' },
    });
  });
});
