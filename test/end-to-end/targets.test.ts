import path from 'node:path';

import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from '@jest/globals';

import { type RunRecord, seedkit, type Seedkit } from '../../client/index.js';
import { RUN_REQUESTED } from '../../lib/contract/index.js';
import { runMain } from '../client/cli/a-terminal.js';
import type { add } from '../fixtures/functions/values.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

let place: SharedSeedkit;
let kit: Seedkit;

beforeAll(async () => {
  place = await sharedSeedkit();
  kit = seedkit(place.name);
});

function cli(...args: string[]) {
  return runMain([...args, '-s', place.name]);
}

async function untilFound(target: string): Promise<RunRecord> {
  for (;;) {
    const found = (await kit.runs.list({ target })).find(({ status }) => status === 'SUCCEEDED');
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('A published target', () => {
  it('A function that was published is started by its alias on the command line and in code, and found by its name', async () => {
    const published = await cli('publish', 'adds', `${VALUES}#add`, '--alias', 'prod');
    expect(published).toMatchObject({ exitCode: 0, stdout: 'adds@1\n' });

    const started = await cli('start', 'adds@prod', '40', '2', '--label', 'by=hand');
    expect(started).toMatchObject({ exitCode: 0, stdout: '42\n' });
    await expect(kit.target<typeof add>('adds')(1, 2)).resolves.toBe(3);

    const runs = await kit.runs.list({ target: 'adds@1' });
    expect(runs).toHaveLength(2);
    expect(runs[1]).toMatchObject({
      published: { name: 'adds', version: 1 },
      trigger: 'TARGET',
      labels: { by: 'hand' },
    });
    const waited = await cli('targets', 'wait', runs[1]?.runId ?? '');
    expect(waited).toMatchObject({ exitCode: 0, stdout: '42\n' });
  });

  it('An event and an object of the inbox start a target by its name, and its commands find their argument', async () => {
    await kit.publish('says', { commands: ['test "$CODESEEDER_INPUT" = hello'] });
    const event = {
      EventBusName: place.outputs['EventBus'],
      Source: 'my.pipeline',
      DetailType: RUN_REQUESTED,
      Detail: JSON.stringify({ target: 'says', args: ['hello'], runId: 'says-by-event' }),
    };
    await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: [event] }));
    expect(await untilFound('says')).toMatchObject({ trigger: 'EVENT', runId: 'says-by-event' });

    const version = await kit.publish('says', { commands: ['test "$CODESEEDER_INPUT" = hello'] });
    expect(version.version).toBe(2);
    await new S3Client({ forcePathStyle: true }).send(
      new PutObjectCommand({
        Bucket: place.outputs['Bucket'],
        Key: 'inbox/targets/says/a.request.json',
        Body: '{"args":["hello"]}',
      }),
    );
    expect(await untilFound('says@2')).toMatchObject({
      trigger: 'INBOX',
      published: { name: 'says', version: 2 },
    });
  });

  it('Publications of one name at the same time each get a version of their own, whose runs have its code', async () => {
    const editions = ['a', 'b', 'c'];
    const versions = await Promise.all(
      editions.map((edition) =>
        kit.publish(
          'at-once',
          { commands: [`test "$CODESEEDER_INPUT" = ${edition}`] },
          { alias: `is-${edition}` },
        ),
      ),
    );
    expect(versions.map(({ version }) => version).toSorted()).toEqual([1, 2, 3]);
    const { versions: listed, aliases } = await kit.targets.show('at-once');
    expect(listed.map(({ publication }) => publication).toSorted()).toEqual(
      versions.map(({ publication }) => publication).toSorted(),
    );
    const ofEdition = editions.map((edition, index) => [`is-${edition}`, versions[index]?.version]);
    expect(aliases).toEqual(Object.fromEntries(ofEdition));
    await expect(kit.target('at-once@is-b')('b')).resolves.toBeNull();
  });

  it('A run of a target runs the same version again, also when a newer one exists, with the cache that was published', async () => {
    const commands = [
      'echo "$CODESEEDER_INPUT" > input',
      '[ -e kept/file ] || { mkdir -p kept; touch kept/file; }',
    ];
    const cache = { key: 'of-a-target', paths: ['kept'] };
    await kit.publish('caches', { commands }, { cache, labels: { edition: '1' } });
    const first = await kit.target('caches').submit('hello');
    expect((await first.outcome()).record.cache).toMatchObject({ hit: 'miss' });
    await kit.publish('caches', { commands: ['false'] });

    const again = await kit.again(first.id);
    expect((await again.outcome()).record).toMatchObject({
      retryOf: first.id,
      trigger: 'TARGET',
      published: { name: 'caches', version: 1 },
      labels: { edition: '1' },
      cache: { hit: 'exact' },
    });
    const third = await kit.targets.again(again.id);
    expect((await third.outcome()).record.published).toEqual({ name: 'caches', version: 1 });

    await kit.targets.remove('caches@1');
    await expect(kit.again(first.id)).rejects.toMatchObject({ code: 'PublishedTargetNotFound' });
  });

  it('A schedule starts a target until it is paused, its run tells its trigger, and a target that it starts is not removed', async () => {
    await kit.publish('ticks', { commands: ['test "$CODESEEDER_INPUT" = tick'] }, { alias: 'prod' });
    const late = await cli('schedules', 'add', 'late', 'ticks@dev', 'rate(1 day)');
    expect(late.stderr).toContain('There is no ticks@dev. It has the version 1 and the alias prod (1).');
    const added = await cli('schedules', 'add', 'ticking', 'ticks@prod', 'rate(1 day)', '"tick"');
    expect(added).toMatchObject({ exitCode: 0, stderr: '' });

    const run = await untilFound('ticks');
    expect(run).toMatchObject({ trigger: 'SCHEDULE', published: { name: 'ticks', version: 1 } });
    expect(run.runId).toMatch(/^ticking-\d{8}T\d{6}Z-[0-9a-f]{8}$/);
    await expect(kit.targets.remove('ticks@prod')).rejects.toMatchObject({
      code: 'TargetScheduled',
      message: expect.stringContaining('The schedule ticking'),
    });

    expect((await cli('schedules', 'pause', 'ticking', '--json')).stdout).toContain('"state": "paused"');
    await expect(kit.schedules.show('ticking')).resolves.toMatchObject({
      state: 'paused',
      target: 'ticks@prod',
      args: ['tick'],
    });
    expect((await cli('schedules', 'list')).stdout).toMatch(/^ticking +paused +rate\(1 day\) +ticks@prod$/m);
    await kit.schedules.remove('ticking');
    await expect(kit.schedules.show('ticking')).rejects.toMatchObject({ code: 'ScheduleNotFound' });
    await expect(kit.targets.remove('ticks')).resolves.toMatchObject({ versions: [] });
  });

  it('A name that no target has is refused with the nearest names, and a removed version is gone', async () => {
    await kit.publish('tidies', { commands: ['true'] });
    const missing = await cli('start', 'tidied');
    expect(missing.exitCode).not.toBe(0);
    expect(missing.stderr).toContain(`The seedkit ${place.name} has no target tidied. The nearest of its`);
    expect(missing.stderr).toContain('tidies');

    await expect(kit.targets.remove('tidies@1')).resolves.toMatchObject({ versions: [], lastVersion: 1 });
    await expect(kit.target('tidies')()).rejects.toMatchObject({ code: 'PublishedTargetNotFound' });
    const again = await kit.publish('tidies', { commands: ['true'] });
    expect(again.version).toBe(2);
  });
});
