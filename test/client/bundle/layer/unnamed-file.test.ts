import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';

import { openUnnamedFile } from '../../../../client/bundle/layer/unnamed-file.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

it('An unnamed file can be read repeatedly until it is disposed of', async () => {
  const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
  const file = await openUnnamedFile();
  await file.write(Readable.from([content.subarray(0, 7), content.subarray(7)]));

  const copies = await Promise.all([buffer(file.read()), buffer(file.read())]);
  expect(copies.map((copy) => copy.equals(content))).toEqual([true, true]);
  await file.dispose();
  await expect(buffer(file.read())).rejects.toMatchObject({ code: 'EBADF' });
});

it('`write` rejects if its chunks end with an error', async () => {
  const file = await openUnnamedFile();
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('some');
      throw new Error('broke off');
    })(),
  );

  await expect(file.write(broken)).rejects.toThrow('broke off');
  await file.dispose();
});

const isWindows = process.platform === 'win32';
const why = isWindows ? ' (skipped: Windows has no unnamed files)' : '';

(isWindows ? it.skip : it)(`A killed process leaves no unnamed file${why}`, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-unnamed-test-'));
  try {
    const program = `
      import { Readable } from 'node:stream';
      import { text } from 'node:stream/consumers';
      import { openUnnamedFile } from ${JSON.stringify(path.join(REPOSITORY, 'client/bundle/layer/unnamed-file.ts'))};
      const file = await openUnnamedFile();
      await file.write(Readable.from([Buffer.from('kept')]));
      process.stdout.write(await text(file.read()), () => process.kill(process.pid, 'SIGKILL'));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      cwd: REPOSITORY,
      env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    expect(await text(child.stdout)).toBe('kept');
    expect(await ended).toEqual([null, 'SIGKILL']);
    // Ignores the cache that tsx, which runs the TypeScript program, creates in this folder.
    expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
