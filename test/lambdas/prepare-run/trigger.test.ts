import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import type { RunRequest } from '../../../lib/contract/index.js';
import { putTrigger } from '../../../lib/run-store/put-trigger.js';
import { anInput, aRunRequest } from '../../contract/builders.js';
import { objectWith, s3Error } from '../s3-answers.js';
import { NODE, PLACE_LAYERS_PROGRAM, prepare, resetBucket, s3 } from './mocked-bucket.js';

const Key = 'runs/run-1/trigger.json';
const files = { s3: new S3Client({}), bucket: 'bucket' };

/** Stores the trigger of a request in the bucket, as `start-run` does. */
async function noteIsOf(request: Partial<RunRequest>): Promise<void> {
  await putTrigger(aRunRequest({ input: anInput(NODE), ...request }), files);
  const [put] = s3.commandCalls(PutObjectCommand, { Key });
  s3.on(GetObjectCommand, { Key }).resolves(objectWith(String(put?.args[0].input.Body as Buffer)));
}

beforeEach(() => {
  resetBucket();
  s3.on(GetObjectCommand, { Key }).rejects(new NoSuchKey({ $metadata: {}, message: 'no' }));
});

describe.each(['EVENT', 'SCHEDULE', 'INBOX', 'TARGET'] as const)('The trigger %s', (trigger) => {
  it(`The trigger ${trigger} is accepted if a handler has stored it`, async () => {
    await noteIsOf({ trigger });
    await expect(prepare({ trigger })).resolves.toMatchObject({ item: { trigger: { S: trigger } } });
  });

  it(`The trigger ${trigger} is refused if start-run has not stored it`, async () => {
    await expect(prepare({ trigger })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: `The run request is not valid: trigger: ${trigger} is only for runs that the handlers start-run and start-target start, but s3://bucket/${Key} does not exist; leave trigger out, or send the request to the bus or the inbox`,
    });
  });

  it(`The trigger ${trigger} is refused if start-run has stored it for another request of the same run`, async () => {
    await noteIsOf({ trigger, labels: { team: 'a' } });
    await expect(prepare({ trigger, labels: { team: 'b' } })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('is about another request'),
    });
  });
});

describe('The note about a trigger', () => {
  it('A run with the trigger CLIENT is accepted without a stored trigger', async () => {
    await prepare({ trigger: 'CLIENT' });
    await prepare({ trigger: undefined });
    expect(s3.commandCalls(GetObjectCommand, { Key })).toHaveLength(0);
  });

  it('A published version is refused without the note of the handler that started its run', async () => {
    const published = { name: 'deploys', version: 1, publication: 'pub-1' };
    await expect(prepare({ published })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('only start-run and start-target start published targets'),
    });
    await noteIsOf({ trigger: 'TARGET' });
    await expect(prepare({ trigger: 'TARGET', published })).rejects.toMatchObject({ code: 'InvalidRequest' });
  });

  it('A run of a map is refused without the note of the handler that starts the runs of maps', async () => {
    const map = { mapId: 'map-1', mapIndex: 2 };
    await expect(prepare(map)).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringContaining('mapId: map-1 is only for runs that the map starts itself'),
    });
    await noteIsOf({ ...map, labels: { team: 'a' } });
    await expect(prepare({ ...map, labels: { team: 'b' } })).rejects.toMatchObject({
      message: expect.stringContaining('is about another request'),
    });
    await expect(prepare({ ...map, labels: { team: 'a' } })).resolves.toMatchObject({
      item: { mapId: { S: 'map-1' } },
    });
  });

  it('A request is refused if start-run has stored another trigger', async () => {
    await noteIsOf({ trigger: 'EVENT' });
    await expect(prepare({ trigger: 'SCHEDULE' })).rejects.toMatchObject({ code: 'InvalidRequest' });
  });

  it('The order of the fields of a request does not matter', async () => {
    const request = aRunRequest({ trigger: 'EVENT', labels: { a: '1', b: '2' } });
    await putTrigger(request, files);
    await putTrigger(
      Object.fromEntries(
        Object.entries({ ...request, labels: { b: '2', a: '1' } }).reverse(),
      ) as unknown as RunRequest,
      files,
    );
    const [first, second] = s3.commandCalls(PutObjectCommand, { Key }).map((call) => call.args[0].input);
    expect(String(first?.Body as Buffer)).toContain('requestSha256');
    expect(second?.Body).toEqual(first?.Body);
  });

  it('An error of S3 is thrown and does not refuse the run', async () => {
    s3.on(GetObjectCommand, { Key }).rejects(s3Error('SlowDown', 503));
    await expect(prepare({ trigger: 'EVENT' })).rejects.toMatchObject({ name: 'SlowDown' });
  });
});

describe('The programs of a run', () => {
  it('A program that an earlier attempt stored is kept', async () => {
    s3.on(PutObjectCommand).rejects(s3Error('PreconditionFailed', 412));
    s3.on(GetObjectCommand, { Key: 'runs/run-1/input/place-layers.sh' }).resolves(
      objectWith(PLACE_LAYERS_PROGRAM.toString()),
    );
    await expect(prepare()).resolves.toHaveProperty('startBuild');
    const programs = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect(programs).toEqual([
      expect.objectContaining({ Key: 'runs/run-1/input/place-layers.sh', IfNoneMatch: '*' }),
    ]);
  });

  it('A program that cannot be stored is an error', async () => {
    s3.on(PutObjectCommand).rejects(s3Error('AccessDenied', 403));
    await expect(prepare()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
