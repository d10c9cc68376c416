import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type CacheReport } from '../../lib/contract/index.js';
import { seedkit, type CacheOption, type Seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { runMain } from '../client/cli/a-terminal.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';

let place: SharedSeedkit;
let kit: Seedkit;
let folder: string;

beforeAll(async () => {
  place = await sharedSeedkit();
  kit = seedkit(place.name, {});
  folder = await mkdtemp(path.join(tmpdir(), 'caches-test-'));
  await writeFile(path.join(folder, 'tools.lock'), 'tool 1');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** If there is no cached copy, creates an empty folder, a link, and an executable file. */
const INSTALL = [
  'echo "found $CODESEEDER_CACHE_HIT"',
  '[ "$CODESEEDER_CACHE_HIT" != miss ] || { mkdir -p tools/empty ~/.tool && echo 1 > tools/a && ln -s a tools/b && chmod 750 tools/a && echo home > ~/.tool/x; }',
  'cat tools/b ~/.tool/x && [ -d tools/empty ] && [ -L tools/b ] && [ -x tools/a ]',
];

async function runWith(cache: CacheOption, commands = INSTALL): Promise<CacheReport | undefined> {
  const run = await kit.submitCommands(commands, { cache, dirs: { app: folder }, workingDirectory: 'app' });
  return (await run.outcome()).record.cache;
}

describe('the cache of a run', () => {
  it('A second run restores what the first one saved under the key of its lock file, with links, modes and empty folders', async () => {
    const cache = {
      key: 'tools-{hash:app/tools.lock}',
      fallbackKeys: ['tools-'],
      paths: ['tools', '~/.tool'],
    };
    const first = await runWith(cache);
    const second = await runWith(cache);
    expect(first).toMatchObject({ hit: 'miss', key: expect.stringMatching(/^tools-[0-9a-f]{20}$/) });
    expect(second).toEqual({ ...first, hit: 'exact', saveSeconds: 0, restoreSeconds: expect.any(Number) });
    expect(second?.bytes).toBeGreaterThan(0);

    await writeFile(path.join(folder, 'tools.lock'), 'tool 2');
    const third = await runWith(cache);
    expect(third).toMatchObject({ hit: 'fallback' });
    expect(third?.key).not.toBe(first?.key);
    expect(await runWith(cache)).toMatchObject({ hit: 'exact', key: third?.key });
    // A build that caches other paths uses another cache.
    expect(await runWith({ ...cache, paths: ['tools'] }, ['true'])).toMatchObject({ hit: 'miss' });
  });

  it('A build that fails saves nothing under its key, and the next one that succeeds does', async () => {
    const cache = { key: 'after-failure', paths: ['tools', '~/.tool'] };
    const failed = await kit.submitCommands([...INSTALL, 'false'], { cache });
    await expect(failed.outcome()).rejects.toMatchObject({ code: 'CommandFailed' });
    expect((await failed.record())?.cache).toMatchObject({ hit: 'miss', bytes: 0, saveSeconds: 0 });
    const succeeding = { cache, dirs: {} };
    const saved = await (await kit.submitCommands(INSTALL, succeeding)).outcome();
    expect(saved.record.cache).toMatchObject({ hit: 'miss' });
    const found = await (await kit.submitCommands(INSTALL, succeeding)).outcome();
    expect(found.record.cache).toMatchObject({ hit: 'exact' });
  });

  it('`codeseeder run --cache` keeps folders, and `runs show` reports the hit', async () => {
    const flags = ['--seedkit', place.name, '--cache', 'shell=made', '--json'];
    const command = ['run', ...flags, '--', 'sh', '-c', 'mkdir -p made && date > made/x'];
    await runMain(command);
    const { runId } = JSON.parse((await runMain(command)).stdout) as { runId: string };
    const shown = await runMain(['runs', 'show', runId, '--seedkit', place.name]);
    expect(shown.stdout).toMatch(/^cache +found; restored .+ in .+ s \(key shell\)$/m);
  });
});

describe('what a run installs', () => {
  it('A second run of a Python function takes its virtual environment from the first, in another folder', async () => {
    const python = await quickPython();
    const fixture = (name: string) => path.resolve(import.meta.dirname, '../fixtures/python', name);
    const options = {
      localModules: { shop: fixture('shop'), greeting: fixture('project') },
      environment: { PIP_NO_INDEX: '1', SHOP: 'corner', TEST_PYTHON: python },
      args: ['apple', 1],
      kwargs: { customer: 'Ada' },
    };
    const first = await (await kit.submitPython('shop.orders:order', options)).outcome();
    const second = await (await kit.submitPython('shop.orders:order', options)).outcome();
    expect(first.record.cache).toMatchObject({ installs: 'miss' });
    expect(second.record.cache).toMatchObject({ installs: 'exact', key: first.record.cache?.key });
    expect(second.value).toEqual(first.value);
  });
});
