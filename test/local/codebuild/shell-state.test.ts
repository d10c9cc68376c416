import { expect, it } from '@jest/globals';

import { readShellVariables } from '../../../lib/local/codebuild/shell-state.js';
import type { Shell } from '../../../lib/local/codebuild/shell.js';

/** Returns the commands that reading variables runs in the shell. */
async function commandsOf(names: readonly string[], isAllExported: boolean): Promise<string[]> {
  const commands: string[] = [];
  const run: Shell['run'] = async (command) => {
    commands.push(command);
    throw new Error('ended');
  };
  expect(await readShellVariables({ run } as Shell, '/folder', names, isAllExported)).toEqual({});
  return commands;
}

it('Without variables to read, the shell runs nothing', async () => {
  expect(await commandsOf([], false)).toEqual([]);
});

it('Variables with names of the shell are read without starting a program', async () => {
  const [command] = await commandsOf(['VERSION'], false);
  expect(command).toContain(`printf '%s=%s\\0' VERSION "\${VERSION-}";`);
  expect(command).not.toContain('env');
});

it.each([
  [['my.version'], false],
  [[], true],
])('All exported variables are read for %p and %p', async (names, isAllExported) => {
  expect(await commandsOf(names, isAllExported)).toEqual([expect.stringContaining('env -0;')]);
});
