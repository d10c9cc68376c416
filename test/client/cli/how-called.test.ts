import { describe, expect, it } from '@jest/globals';

import { isShown } from '../../../client/cli/help/format-help.js';
import { asCalled, COMMAND_NAMES, programOf } from '../../../client/how-called.js';
import { createProgram } from '../../../client/cli/program.js';
import { aTerminal, runMain } from './a-terminal.js';

describe('how users start the program', () => {
  it.each([
    ['/home/me/app/node_modules/.bin/codeseeder', '/home/me/app'],
    ['/home/me/app/node_modules/.bin/codeseeder', '/home/me/app/packages/one'],
    ['/home/me/app/node_modules/codeseeder/dist/bin/codeseeder.js', '/home/me/app'],
    ['/home/me/.npm/_npx/4fb1d8c2/node_modules/.bin/codeseeder', '/home/me/app'],
  ])('The program %s is started by npx in the folder %s', (script, folder) => {
    expect(programOf(script, folder)).toBe('npx codeseeder');
  });

  it.each([
    ['/usr/local/bin/codeseeder', '/home/me/app'],
    ['/home/me/share/pnpm/global/5/node_modules/codeseeder/dist/bin/codeseeder.js', '/home/me/app'],
    ['/home/me/codeseeder/dist/bin/codeseeder.js', '/home/me/codeseeder'],
    [undefined, '/home/me/app'],
  ])('The program %s is started by its name in the folder %s', (script, folder) => {
    expect(programOf(script, folder)).toBe('codeseeder');
  });

  it('The names of commands in texts are those of the program', () => {
    const program = createProgram(aTerminal(), undefined, () => undefined);

    const names = program.commands.filter(isShown).map((command) => command.name());
    expect([...COMMAND_NAMES].sort()).toEqual(names.sort());
  });

  it.each([
    ['To wait for it: codeseeder runs wait r-1', 'To wait for it: npx codeseeder runs wait r-1'],
    ['Start it with `codeseeder local up NAME`.', 'Start it with `npx codeseeder local up NAME`.'],
    ['eval "$(codeseeder local env kit)"', 'eval "$(npx codeseeder local env kit)"'],
    ['Examples and options: codeseeder --help', 'Examples and options: npx codeseeder --help'],
    ['npx codeseeder run -- ls', 'npx codeseeder run -- ls'],
    ['codeseeder received SIGINT', 'codeseeder received SIGINT'],
    ['deployed by codeseeder 0.1.0', 'deployed by codeseeder 0.1.0'],
    ['aws-codeseeder deploy seedkit', 'aws-codeseeder deploy seedkit'],
  ])('The text %j becomes %j', (text, called) => {
    expect(asCalled(text, { program: 'npx codeseeder' })).toBe(called);
  });

  it('Errors, hints and the examples of `--help` start with npx in a project that has the package', async () => {
    const program = 'npx codeseeder';
    const { stderr } = await runMain(['runs', 'list'], { program, environment: {} });
    const unknown = await runMain(['run', '--silent'], { program });
    const help = await runMain(['runs', 'list', '--help'], { program });

    expect(stderr).toContain('No seedkit is named');
    expect(unknown.stderr).toContain(
      'as in `npx codeseeder run -- npm test --silent`. Examples and options: npx',
    );
    expect(help.stdout).toMatch(/^Usage: codeseeder runs list/);
    expect(help.stdout).toContain('\n  npx codeseeder runs list');
  });
});
