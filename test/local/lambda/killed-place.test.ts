import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { openTestEvents } from '../events/test-events.js';
import { openTestPlaceContext } from '../test-place-context.js';
import { openTestLambda, until } from './function-fixtures.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'codeseeder-killed-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Returns the process ids of the handler, one for each time that it ran. */
const handlerPids = async () =>
  (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number);

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('A local AWS killed with SIGKILL', () => {
  it('After a kill no worker is left, and accepted events run after the next start', async () => {
    const program = fileURLToPath(new URL('doomed-place.ts', import.meta.url));
    const place = spawn(process.execPath, ['--import', 'tsx', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Sets the temporary folder, so that files that the killed local AWS leaves in it are removed after the test.
      env: { ...process.env, TMPDIR: folder },
    });
    await once(place.stdout, 'data');
    await until(async () => (await handlerPids()).length === 1);
    place.kill('SIGKILL');
    await once(place, 'close');
    const [worker = 0] = await handlerPids();
    await until(() => !isAlive(worker));

    const store = await openDurableStore(join(folder, 'store'));
    const context = await openTestPlaceContext({ store, dataFolder: folder });
    const lambda = await openTestLambda(context);
    const events = await openTestEvents(context);
    await until(() => events.received.length === 1);
    expect(JSON.parse(events.received[0]?.body ?? '')).toMatchObject({ 'detail-type': 'Kept' });
    await until(async () => (await handlerPids()).length === 2);
    await Promise.all([lambda.close(), events.close()]);
    await store.close();
    await context.dispose();
  });
});
