import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, describe, it } from '@jest/globals';

import { createNamedPipes } from '../../../lib/local/codebuild/named-pipes.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-pipes-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('Named pipes of builds', () => {
  it('Forty pipes made at once are forty pipes, which only their owner can open', async () => {
    const pipes = createNamedPipes(join(folder, 'unused'));
    const paths = Array.from({ length: 40 }, (_, number) => join(folder, `pipe-${number}`));
    await Promise.all(paths.map((path) => pipes.make(path)));
    for (const path of paths) {
      const made = await stat(path);
      expect(made.isFIFO()).toBe(true);
      expect(made.mode & 0o777).toBe(0o600);
    }
    expect(new Set(await Promise.all(paths.map(async (path) => (await stat(path)).ino))).size).toBe(40);
  });

  it('Files that a killed local AWS has left in the folder are removed with the unused pipes', async () => {
    const unused = join(folder, 'unused');
    await mkdir(unused);
    await writeFile(join(unused, '1'), 'left');
    const pipes = createNamedPipes(unused);
    await pipes.make(join(folder, 'pipe'));
    expect((await stat(join(folder, 'pipe'))).isFIFO()).toBe(true);
    await pipes.close();
    expect(await readdir(folder)).toEqual(['pipe']);
  });

  it('A pipe that cannot be made is refused, and made by the next attempt', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    const pipes = createNamedPipes(join(blocked, 'unused'));
    await expect(pipes.make(join(folder, 'pipe'))).rejects.toThrow('ENOTDIR');
    await rm(blocked);
    await pipes.make(join(folder, 'pipe'));
    expect((await stat(join(folder, 'pipe'))).isFIFO()).toBe(true);
  });
});
