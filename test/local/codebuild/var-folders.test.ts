import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { access, chmod, mkdir, mkdtemp, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { createVarFolders, type VarFolders } from '../../../lib/local/codebuild/var-folders.js';

let folder: string;
let folders: VarFolders;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-var-'));
  folders = createVarFolders(join(folder, 'var'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('A folder for /var has a mount point or link for each entry of the machine, and an empty tmp', async () => {
  const { path, kept } = folders.take('a');
  expect((await readdir(path)).sort()).toEqual([...kept, 'tmp'].sort());
  expect(await readdir(join(path, 'tmp'))).toEqual([]);
});

it('Builds at the same time have different folders for /var', () => {
  expect(folders.take('a').path).not.toBe(folders.take('b').path);
});

it('A folder for /var that a build left unchanged is used again', async () => {
  const { path } = folders.take('a');
  await folders.release('a');
  expect(folders.take('b').path).toBe(path);
});

it.each([
  ['added a folder', (path: string) => mkdir(join(path, 'scripts'))],
  [
    'added and removed a file',
    (path: string) => writeFile(join(path, 'x'), '').then(() => unlink(join(path, 'x'))),
  ],
  ['added a link', (path: string) => symlink('/etc', join(path, 'etc'))],
  ['changed the mode', (path: string) => chmod(path, 0o700)],
])('A folder for /var is removed after a build that %s', async (_, change) => {
  const { path } = folders.take('a');
  // Waits, because the file system's clock may return the same time for some milliseconds.
  await setTimeout(20);
  await change(path);
  await folders.release('a');
  await expect(access(path)).rejects.toThrow('ENOENT');
  expect(folders.take('b').path).not.toBe(path);
});

it('A folder for /var is removed after a build that failed, but not after it was released', async () => {
  const released = folders.take('a');
  await folders.release('a');
  await folders.discard('a');
  await access(released.path);
  const failed = folders.take('b');
  await folders.discard('b');
  await expect(access(failed.path)).rejects.toThrow('ENOENT');
});
