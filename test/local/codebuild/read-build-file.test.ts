import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readBuildFile } from '../../../lib/local/codebuild/read-build-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-build-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('A file that a build has written', () => {
  it('A file is read as text', async () => {
    await writeFile(join(folder, 'file'), 'A=ü');
    expect(readBuildFile(join(folder, 'file'))).toBe('A=ü');
  });

  it('A link in place of the file is not followed', async () => {
    await writeFile(join(folder, 'other'), 'of the machine');
    await symlink(join(folder, 'other'), join(folder, 'file'));
    expect(readBuildFile(join(folder, 'file'))).toBe('');
  });

  it('A pipe in place of the file does not block reading', async () => {
    execFileSync('mkfifo', [join(folder, 'file')]);
    expect(readBuildFile(join(folder, 'file'))).toBe('');
  });

  it('A missing file, a folder and a file of more than 16 MiB are empty', async () => {
    expect(readBuildFile(join(folder, 'file'))).toBe('');
    expect(readBuildFile(folder)).toBe('');
    await writeFile(join(folder, 'file'), 'A=1');
    await truncate(join(folder, 'file'), 16 * 1024 ** 2 + 1);
    expect(readBuildFile(join(folder, 'file'))).toBe('');
  });
});
