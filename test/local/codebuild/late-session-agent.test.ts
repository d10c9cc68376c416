import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, it } from '@jest/globals';

import { LOCAL_TARGET, SESSION_FILES, sessionAgent } from '../../../lib/local/codebuild/debug-session.js';
import { openDebugShell } from '../../../lib/local/codebuild/open-debug-shell.js';

it('A shell that is opened before the agent of the build reads requests waits for the agent', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-session-'));
  const request = path.join(folder, SESSION_FILES.request);
  spawnSync('mkfifo', [request]);
  await writeFile(path.join(folder, 'environment'), 'export MOOD=calm\n');
  await writeFile(path.join(folder, 'directory'), `${folder}\n`);
  const output = new PassThrough();
  const { signal } = new AbortController();
  const input = Readable.from(['echo "mood: $MOOD"\n']);
  const opened = openDebugShell(`${LOCAL_TARGET}${folder}`, { input, output, size: undefined, signal });
  // The request follows this file at once.
  await untilExists(folder, SESSION_FILES.start);
  const agent = spawn('bash', ['-c', `${sessionAgent(folder, folder)}\nwait`], {
    detached: true,
    stdio: 'ignore',
  });

  try {
    expect(await opened).toBe(true);
    expect(String(output.read())).toBe('mood: calm\n');
  } finally {
    process.kill(-(agent.pid ?? 0));
    await once(agent, 'close');
    await rm(folder, { recursive: true });
  }
});

/** Waits for a file in any subfolder of a folder. */
async function untilExists(folder: string, name: string): Promise<void> {
  while (!(await readdir(folder, { recursive: true })).some((file) => path.basename(file) === name));
}
