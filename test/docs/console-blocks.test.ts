import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { COMMAND_LINE, start } from '../end-to-end/command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from '../end-to-end/local-seedkit.js';
import { withAwsCli } from '../installed-tools.js';
import { blocksOf, commandsOf, followedPages, ROOT } from './pages.js';

const blocks = followedPages().flatMap(blocksOf);
const runnable = blocks
  .filter(({ directives }) => directives['run'] === 'local')
  .flatMap((block) => commandsOf(block).map((command) => ({ ...block, command })));

let kit: SharedSeedkit;
let folder: string;

/** Returns a text of a page with the name of the shared seedkit. */
const withSharedName = (text: string) => text.replaceAll('my-kit', kit.name);

beforeAll(async () => {
  kit = await sharedSeedkit();
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-docs-'));
  // Makes `npx codeseeder` run the built package, as in a project that has installed it.
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(ROOT, path.join(folder, 'node_modules/codeseeder'));
  await writeFile(
    path.join(folder, 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${COMMAND_LINE}" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  for (const { text, directives } of blocks) {
    if (directives['file'] !== undefined)
      await writeFile(path.join(folder, directives['file']), withSharedName(text));
  }
  // The default folder in which `codeseeder local` stores the data of a local AWS.
  const dataFolders = path.join(folder, 'state/codeseeder');
  await mkdir(dataFolders, { recursive: true });
  await symlink(kit.dataFolder, path.join(dataFolders, kit.name));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('Console blocks that are marked to run', () => {
  it('The README, the getting started page and the guide have console blocks that a test runs', () => {
    const pages = new Set(runnable.map(({ page }) => page));
    expect([...pages]).toEqual(
      expect.arrayContaining(['README.md', 'docs/getting-started.md', 'docs/guide.md']),
    );
  });

  for (const { page, line, command } of runnable) {
    const test = command.startsWith('aws ') ? withAwsCli : it;
    test(`${page}:${line} runs \`${command.split('\n')[0]}\` in a local AWS`, async () => {
      const ended = await start(
        'bash',
        ['-euo', 'pipefail', '-c', withSharedName(command)],
        {
          PATH: `${folder}:${process.env['PATH']}`,
          ...kit.environment,
          XDG_STATE_HOME: path.join(folder, 'state'),
        },
        folder,
      ).ended;
      expect(ended.exitCode === 0 ? '' : `exit code ${ended.exitCode}: ${ended.stderr}`).toBe('');
    });
  }
});
