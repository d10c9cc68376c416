import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { withBash4, withFish, withZsh } from '../installed-tools.js';
import { COMMAND_LINE, start } from './command-line-process.js';
import { onTerminal } from './pseudo-terminal.js';

/** The name of an environment that a shell would evaluate if it were not quoted. */
const EVIL = 'a$(touch evaluated)`touch evaluated` b;c';

let folder: string;
let variables: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-completion-'));
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  await mkdir(path.join(folder, 'source files'));
  await writeFile(path.join(folder, 'hello.mts'), '');
  await writeFile(
    path.join(bin, 'codeseeder'),
    `#!/bin/sh\nexec '${process.execPath}' '${COMMAND_LINE}' "$@"\n`,
    { mode: 0o755 },
  );
  await writeFile(
    path.join(folder, 'codeseeder.config.json'),
    JSON.stringify({ environments: { [EVIL]: {}, prod: { seedkit: 'prod-kit' } } }),
  );
  variables = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: folder,
    XDG_STATE_HOME: folder,
    NODE_OPTIONS: '',
    TERM: 'xterm',
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a script in a shell, with the lines that it prints. */
async function linesOf(shell: string, args: readonly string[], script: string): Promise<string[]> {
  const { stdout, stderr } = await start(shell, [...args, '-c', script], variables, folder).ended;
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Returns a script for bash that completes lines, and prints each answer in one line. */
function bashScript(lines: readonly string[]): string {
  return [
    'source <(codeseeder completion bash)',
    // What readline sets before it calls the function.
    'tab() {',
    '  COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=(codeseeder) COMP_CWORD=0',
    '  _codeseeder codeseeder "$2" "" 2>/dev/null',
    '  eval "set -- ${COMPREPLY[*]}"; printf "%s|" "$@"; echo',
    '}',
    ...lines,
  ].join('\n');
}

describe('Completion in bash', () => {
  withBash4('Completion in bash gives commands, values after = and quoted names', async () => {
    const lines = await linesOf(
      'bash',
      ['--norc'],
      bashScript([
        'tab "codeseeder runs sh" sh',
        'tab "codeseeder run --lock-mode=re" re',
        'tab "codeseeder run --seedkit " ""',
        'tab "codeseeder run --environment a" a',
      ]),
    );

    expect(lines).toEqual(['show|shell|', 'refuse|replace|', 'prod-kit|', `${EVIL}|`]);
    expect(existsSync(path.join(folder, 'evaluated'))).toBe(false);
  });

  withBash4('The Tab key in bash completes a command, a file and a quoted name', async () => {
    const shell = onTerminal('bash', ['--norc', '-i'], { ...variables, PS1: '> ' }, folder);
    shell.type('source <(codeseeder completion bash); echo re""ady\n');
    await shell.shows('ready');
    shell.type('codeseeder doct\t');
    await shell.shows('codeseeder doctor');
    shell.type('\x15codeseeder run --file hel\t');
    await shell.shows('hello.mts');
    shell.type('\x15codeseeder runs list --environment a\t');
    await shell.shows(String.raw`--environment a\$\(touch\ evaluated\)`);
    shell.type('\x15exit\n');
    await shell.ended;

    expect(existsSync(path.join(folder, 'evaluated'))).toBe(false);
  });
});

describe('Completion in zsh', () => {
  withZsh('The Tab key in zsh completes a command, a value after =, a folder and a quoted name', async () => {
    const shell = onTerminal('zsh', ['-f', '-i'], { ...variables, PS1: '> ' }, folder);
    shell.type('source <(codeseeder completion zsh); echo re""ady\n');
    await shell.shows('ready');
    shell.type('codeseeder doct\t');
    await shell.shows('codeseeder doctor');
    shell.type('\x15codeseeder run --lock-mode=w\t');
    await shell.shows('--lock-mode=wait');
    shell.type('\x15codeseeder run --dir so\t');
    await shell.shows(String.raw`source\ files`);
    shell.type('\x15codeseeder runs list --environment a\t');
    await shell.shows(String.raw`--environment a\$\(touch\ evaluated\)`);
    shell.type('\x15exit\n');
    await shell.ended;

    expect(existsSync(path.join(folder, 'evaluated'))).toBe(false);
  });
});

describe('Completion in fish', () => {
  withFish(
    'Completion in fish gives commands with descriptions, values after =, files and names',
    async () => {
      const tab = (line: string) => `complete -C '${line}'; echo end`;
      const lines = await linesOf(
        'fish',
        ['--no-config'],
        [
          'codeseeder completion fish | source',
          tab('codeseeder runs sho'),
          tab('codeseeder run --lock-mode=re'),
          tab('codeseeder run --file x=hel'),
          tab('codeseeder run --dir sou'),
          tab('codeseeder run --environment a'),
        ].join('\n'),
      );

      expect(lines).toEqual([
        'show\tshow what a run ran with which arguments, when, and its value or error',
        'end',
        '--lock-mode=refuse',
        '--lock-mode=replace',
        'end',
        'x=hello.mts',
        'end',
        expect.stringMatching(/^source files\//),
        'end',
        EVIL,
        'end',
      ]);
      expect(existsSync(path.join(folder, 'evaluated'))).toBe(false);
    },
  );
});

describe('The scripts of completion', () => {
  it('The script of completion asks the program, so it has no list of commands', async () => {
    const { stdout } = await start('codeseeder', ['completion', 'zsh'], variables, folder).ended;

    expect(stdout).toContain('complete zsh --');
    expect(stdout).not.toMatch(/doctor|--lock-mode/);
  });
});
