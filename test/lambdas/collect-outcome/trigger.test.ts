import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { provenOrigin } from '../../../lib/run-store/files.js';
import { aRunRequest } from '../../contract/builders.js';
import { noteIsOf } from '../trigger-note.js';
import { collect, recordIs, resetAccount, s3 } from './mocked-account.js';

const scheduled = aRunRequest({ trigger: 'SCHEDULE' });

/** Returns the trigger in the event of a run that was refused before it had a record. */
async function triggerOf(request: unknown): Promise<unknown> {
  const caught = { state: 'PrepareRun', error: 'InvalidRequest', cause: 'bad' };
  const { event } = await collect({ request, buildId: null, caught });
  return event.trigger;
}

beforeEach(() => {
  resetAccount();
  recordIs(undefined);
});

describe('The trigger of a run that was refused', () => {
  it('A refused run that start-run started has the trigger that start-run stored', async () => {
    await noteIsOf(scheduled, s3);
    await expect(triggerOf(scheduled)).resolves.toBe('SCHEDULE');
  });

  it.each([
    ['no note', undefined],
    ['a note about another request', aRunRequest({ trigger: 'SCHEDULE', labels: { of: 'another' } })],
    ['a note about another trigger', aRunRequest({ trigger: 'EVENT' })],
  ])(
    'A refused run with %s has the trigger CLIENT, although its request names another one',
    async (_, noted) => {
      await noteIsOf(noted, s3);
      await expect(triggerOf(scheduled)).resolves.toBe('CLIENT');
    },
  );

  it('A refused run names a map only if the map started it', async () => {
    const caught = { state: 'PrepareRun', error: 'InvalidRequest', cause: 'bad' };
    const request = aRunRequest({ mapId: 'map-1', mapIndex: 2 });
    await noteIsOf(undefined, s3);
    const forged = await collect({ request, buildId: null, caught });
    await noteIsOf(request, s3);
    const started = await collect({ request, buildId: null, caught });

    expect(JSON.stringify(forged)).not.toContain('map-1');
    expect(JSON.stringify(started)).toContain('map-1');
  });

  it('The call fails if the stored trigger cannot be read, and the state machine repeats it', async () => {
    s3.on(GetObjectCommand).rejects(new Error('slow down'));
    await expect(triggerOf(scheduled)).rejects.toThrow('slow down');
  });

  it.each([
    undefined,
    'text',
    { trigger: 'EVENT' },
    { ...scheduled, version: 2 },
    aRunRequest({ trigger: 'CLIENT' }),
  ])('The bucket is not read for a request that start-run cannot have started (%#)', async (request) => {
    const files = { s3: new S3Client({}), bucket: 'bucket' };
    await expect(provenOrigin(request, files)).resolves.toEqual({ trigger: 'CLIENT', isOfMap: false });
    expect(s3.calls()).toEqual([]);
  });
});
