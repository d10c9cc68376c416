import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedkit, type ProgressEvent, type Seedkit } from '../../client/index.js';
import { layerKey } from '../../lib/contract/index.js';
import { type LocalPlace, startLocalPlace } from '../../lib/local/index.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

let place: LocalPlace;
let kit: Seedkit;
let bucket: string;
let s3: S3Client;
let folder: string;

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  // With plain unpacking, CodeBuild restores neither links nor modes, so the build must do it.
  place = await startLocalPlace({ unpacking: 'plain' });
  const [stack] = await place.deploy(assembly.folder);
  bucket = stack?.outputs['Bucket'] ?? '';
  const { endpoint, region, credentials } = place;
  kit = seedkit('demo', { aws: { endpoint, region, credentials } });
  s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-layers-'));
});
afterAll(async () => {
  s3.destroy();
  await place.close();
  await rm(folder, { recursive: true, force: true });
});

/** Creates a folder with a layer that no other test has. */
async function aFolder(name: string): Promise<string> {
  const app = path.join(folder, name);
  await mkdir(path.join(app, 'bin'), { recursive: true });
  await mkdir(path.join(app, 'empty'), { recursive: true });
  await writeFile(path.join(app, 'name.txt'), name);
  await writeFile(path.join(app, 'bin/tool.sh'), '#!/bin/sh\necho "the tool of $(cat name.txt)"\n');
  await chmod(path.join(app, 'bin/tool.sh'), 0o755);
  await rm(path.join(app, 'latest'), { force: true });
  await symlink('bin/tool.sh', path.join(app, 'latest'));
  return app;
}

/** Runs the tool of a folder. @returns the run with its log lines and progress events */
async function runTool(app: string, options: { readonly abortPhasesOnFailure?: boolean } = {}) {
  const lines: string[] = [];
  const events: ProgressEvent[] = [];
  const run = await kit.submitCommands(['./latest', 'stat -c %a bin/tool.sh', 'ls -A empty | wc -l'], {
    dirs: { app },
    workingDirectory: 'app',
    build: options,
    onLog: (line) => lines.push(line),
    onProgress: (event) => events.push(event),
  });
  return { run, lines, events, outcome: () => run.outcome() };
}

/** Returns the S3 key of the layer that was packed. */
async function keyOf(events: readonly ProgressEvent[]): Promise<string> {
  const packed = events.find((event) => event.type === 'packed');
  return layerKey(packed?.layers[1]?.digest ?? '');
}

/**
 * Replaces an object as a principal with the right to delete can: deletes it first, because the bucket does not allow
 * overwriting.
 */
async function put(Key: string, Body: Buffer): Promise<void> {
  const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumSHA256, IfNoneMatch: '*' }));
}
const isThere = async (Key: string) =>
  s3.send(new HeadObjectCommand({ Bucket: bucket, Key })).then(
    () => true,
    () => false,
  );

describe('Layers', () => {
  it('A build has the links, modes and empty folders of its layers even if unzip does not keep them', async () => {
    const { lines, outcome } = await runTool(await aFolder('plain'));
    await outcome();

    expect(lines.filter((line) => !line.startsWith('[Container]'))).toEqual([
      expect.stringMatching(/^codeseeder: placed 2 layers, \d+ files$/),
      'the tool of plain',
      '755',
      '0',
    ]);
  });

  it('A run can use an existing layer list as its prebuilt bundle', async () => {
    const { events, outcome } = await runTool(await aFolder('listed'));
    await outcome();
    const packed = events.find((event) => event.type === 'packed');
    const lines: string[] = [];
    await kit.commands(['./latest'], {
      prebuiltBundle: `s3://${bucket}/bundles/${packed?.digest}.json`,
      workingDirectory: 'app',
      onLog: (line) => lines.push(line),
    });

    expect(lines).toContain('the tool of listed');
  });
});

describe('Layers that do not match their digest', () => {
  it.each<[string, boolean]>([
    ['is no zip', true],
    ['has other files', true],
    ['has other files', false],
  ])(
    'A stored layer that %s is deleted, and the run repeated with the right one (on-failure: %s)',
    async (what, aborts) => {
      const name = `${what} ${aborts}`;
      const app = await aFolder(name);
      const probe = await runTool(app);
      await probe.outcome();
      const key = await keyOf(probe.events);
      const evil = what === 'is no zip' ? Buffer.from('no zip') : await zipOfAnother();
      await put(key, evil);

      const { run, lines, events, outcome } = await runTool(app, { abortPhasesOnFailure: aborts });
      const first = run.id;
      const ended = await outcome();

      expect(await kit.runs.get(first)).toMatchObject({
        status: 'FAILED',
        failure: { code: 'BundleMissing', message: expect.stringContaining(key) },
      });
      expect(ended.record).toMatchObject({ status: 'SUCCEEDED', retryOf: first });
      expect(events.map(({ type }) => type)).toContain('repeating');
      expect(lines.filter((line) => line.startsWith('the tool of'))).toEqual([`the tool of ${name}`]);
      expect(await isThere(key)).toBe(true);
    },
  );

  /** Returns the zip of another layer. */
  async function zipOfAnother(): Promise<Buffer> {
    const other = await runTool(await aFolder('another'));
    await other.outcome();
    const Key = await keyOf(other.events);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
});

describe('Expired layers', () => {
  it('A run with an expired layer cannot be repeated until another run uploads the layer again', async () => {
    const app = await aFolder('expired');
    const { run, events, outcome } = await runTool(app);
    await outcome();
    const key = await keyOf(events);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));

    await expect(kit.again(run.id)).rejects.toMatchObject({
      code: 'BundleMissing',
      message: expect.stringContaining(key),
    });
    await (await runTool(app)).outcome();
    await expect((await kit.again(run.id)).outcome()).resolves.toMatchObject({
      record: { retryOf: run.id, status: 'SUCCEEDED' },
    });
  });
});
