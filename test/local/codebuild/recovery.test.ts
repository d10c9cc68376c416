import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { build as bundle } from 'esbuild';

import { openDurableStore, type DurableStore } from '../../../lib/local/durable/durable-store.js';
import { endOrphans } from '../../../lib/local/codebuild/process-group.js';
import {
  buildspec,
  contextOf,
  openTestCodeBuild,
  ownSleeps,
  phaseStatuses,
  processesWith,
} from './test-codebuild.js';

describe('Recovery after a kill', () => {
  let folder: string;
  let program: string;
  let place: ChildProcess | undefined;
  let store: DurableStore | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codeseeder-killed-'));
    // The program is below node_modules, so that it finds its packages.
    program = resolve('node_modules', '.cache', `codeseeder-test-${randomUUID()}`);
    await bundle({
      entryPoints: [resolve('test/local/codebuild/place-to-kill.ts')],
      outfile: join(program, 'place.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
  });
  afterEach(async () => {
    place?.kill('SIGKILL');
    await store?.close();
    store = undefined;
    await rm(folder, { recursive: true, force: true });
    await rm(program, { recursive: true, force: true });
  });

  it('The next start ends builds that were running, with their processes and a reason', async () => {
    const sleeps = ownSleeps();
    const inBackground = `${sleeps.command()} & setsid ${sleeps.command()} &`;
    const spec = buildspec({ build: [`${inBackground} ${sleeps.command()}`] });
    place = spawn(process.execPath, [join(program, 'place.mjs'), folder, spec], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ids = await new Promise<string>((given) =>
      place?.stdout?.once('data', (bytes: Buffer) => given(bytes.toString().trim())),
    );
    while (sleeps.running() < 3) await new Promise((wait) => setTimeout(wait, 20));
    const dead = new Promise((gone) => place?.once('exit', gone));
    place.kill('SIGKILL');
    await dead;
    expect(sleeps.running()).toBe(3);
    const shells = () => processesWith((line) => line.includes(join(folder, 'codebuild', 'work')));
    expect(shells()).not.toHaveLength(0);

    store = await openDurableStore(join(folder, 'store'));
    const test = await openTestCodeBuild({}, { store, dataFolder: folder }, null);
    expect(sleeps.running()).toBe(0);
    expect(shells()).toEqual([]);
    const [running = '', waiting = ''] = ids.split(' ');
    const ended = await test.get(running);
    expect(ended).toMatchObject({ buildStatus: 'FAILED', buildComplete: true, currentPhase: 'COMPLETED' });
    expect(contextOf(ended, 'BUILD')).toEqual({
      statusCode: 'PLACE_STOPPED',
      message: 'The local AWS stopped while the build ran.',
    });
    expect(phaseStatuses(await test.get(waiting))).toMatchObject({ QUEUED: 'FAILED' });
    expect(await readdir(join(folder, 'codebuild', 'work'))).toEqual([]);
    const same = await test.start({ idempotencyToken: 'kept' });
    expect(same.id).toBe(waiting);
    const next = await test.run({});
    expect(next).toMatchObject({ buildStatus: 'SUCCEEDED', buildNumber: 3 });
    await test.dispose();
  });

  it('The next start does not end a process group that only has the same number', async () => {
    const stranger = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    try {
      await endOrphans({ id: stranger.pid ?? 0, leaderStart: 'another boot:12' }, 'demo:gone');
      expect(stranger.exitCode === null && stranger.signalCode === null).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
