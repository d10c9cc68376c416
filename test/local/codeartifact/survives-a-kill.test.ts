import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openDurableStore } from '../../../lib/local/durable/durable-store.js';
import { openTestCodeArtifact } from './a-code-artifact.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'codeseeder-killed-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('CodeArtifact in a local AWS killed with SIGKILL', () => {
  it('A local AWS that was killed keeps packages and tokens, and removes incomplete packages', async () => {
    const program = fileURLToPath(new URL('doomed-place.ts', import.meta.url));
    const doomed = spawn(process.execPath, ['--import', 'tsx', program, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Sets the temporary folder, so that files that the killed local AWS leaves in it are removed after the test.
      env: { ...process.env, TMPDIR: folder },
    });
    const [token] = (await once(doomed.stdout, 'data')) as [Buffer];
    doomed.kill('SIGKILL');
    await once(doomed, 'close');
    const data = join(folder, 'codeartifact');
    await writeFile(join(data, 'incoming', 'half'), 'half');
    await mkdir(join(data, 'blobs', 'ff'), { recursive: true });
    await writeFile(join(data, 'blobs', 'ff', 'ff-of-no-package'), 'orphan');

    const store = await openDurableStore(join(folder, 'store'));
    const place = await openTestCodeArtifact({ store, dataFolder: folder });
    const headers = { authorization: `Bearer ${token.toString()}` };
    const packument = (await (await fetch(`${place.registry('npm')}kept`, { headers })).json()) as {
      versions: Record<string, { dist: { tarball: string } }>;
    };
    const tarball = packument.versions['1.0.0']?.dist.tarball ?? '';
    // The URL has the new port, because the port is not that of the killed process.
    expect(tarball).toBe(`${place.registry('npm')}kept/-/kept-1.0.0.tgz`);
    expect(await (await fetch(tarball, { headers })).text()).toBe('its tarball');
    expect(await filesBelow(data)).toHaveLength(1);
    await place.dispose();
    await store.close();
  });
});
