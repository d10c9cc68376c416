import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { build as bundle } from 'esbuild';

import { openDurableStore, type DurableStore } from '../../../lib/local/durable/durable-store.js';
import { endOrphans } from '../../../lib/local/codebuild/process-group.js';
import { buildspec, contextOf, isAlive, openTestCodeBuild, phaseStatuses } from './test-codebuild.js';

describe('Recovery after a kill', () => {
  let folder: string;
  let program: string;
  let place: ChildProcess | undefined;
  let store: DurableStore | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'codeseeder-killed-'));
    // Below node_modules, where the program finds its packages.
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

  async function untilFile(path: string): Promise<string> {
    for (;;) {
      const text = await readFile(path, 'utf8').catch(() => '');
      if (text.endsWith('\n')) return text.trim();
      await new Promise((wait) => setTimeout(wait, 20));
    }
  }

  it('The next start ends builds that were running, with their processes and a reason', async () => {
    const pidFile = join(folder, 'pids');
    const spec = buildspec({
      build: [`sleep 300 & setsid sleep 300 & echo "$$ $! $PPID" >${pidFile}; sleep 300`],
    });
    place = spawn(process.execPath, [join(program, 'place.mjs'), folder, spec], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ids = await new Promise<string>((given) =>
      place?.stdout?.once('data', (bytes: Buffer) => given(bytes.toString().trim())),
    );
    const pids = (await untilFile(pidFile)).split(' ').map(Number);
    const dead = new Promise((gone) => place?.once('exit', gone));
    place.kill('SIGKILL');
    await dead;
    expect(pids.every(isAlive)).toBe(true);

    store = await openDurableStore(join(folder, 'store'));
    const test = await openTestCodeBuild({}, { store, dataFolder: folder }, null);
    for (const pid of pids) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      expect(['', 'Z', 'X']).toContain(stat.slice(stat.lastIndexOf(')') + 2).charAt(0));
    }
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
      expect(stranger.exitCode === null && isAlive(stranger.pid ?? 0)).toBe(true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});
