import { describe, expect, it } from '@jest/globals';

import { commandLine, nextCommands, withCommand } from '../../../client/cli/next-commands.js';
import { aLiveTerminal, aTerminal } from './a-terminal.js';

const NEXT = [
  ['maps show m', 'its failures'],
  ['maps again m', 'its unsuccessful inputs once more'],
] as const;

describe('nextCommands', () => {
  it('Each command names its seedkit and what it does, in columns', () => {
    expect(nextCommands(NEXT, 'kit', aLiveTerminal(80))).toEqual([
      '  codeseeder maps show m --seedkit kit   # its failures',
      '  codeseeder maps again m --seedkit kit  # its unsuccessful inputs once more',
    ]);
  });

  it('A command does not name the seedkit of CODESEEDER_SEEDKIT', () => {
    const terminal = aLiveTerminal(80, { CODESEEDER_SEEDKIT: 'kit' });

    expect(nextCommands(NEXT, 'kit', terminal)[0]).toBe('  codeseeder maps show m   # its failures');
  });

  it('A narrow terminal gets the commands alone, so that they can be copied', () => {
    expect(nextCommands(NEXT, 'kit', aLiveTerminal(50))).toEqual([
      '  codeseeder maps show m --seedkit kit',
      '  codeseeder maps again m --seedkit kit',
    ]);
  });

  it('A command that is longer than a narrow terminal is broken between words, never inside an id, quotes, or between an option and its value', () => {
    const next = [['start report@3 \'"Jan 2026"\'', 'starts it']] as const;

    expect(nextCommands(next, 'my-kit', aLiveTerminal(30))).toEqual([
      'codeseeder start report@3 \\',
      '  \'"Jan 2026"\' \\',
      '  --seedkit my-kit',
    ]);
  });

  it('Commands of which one is broken start at the first column, so that their ids have the same indentation', () => {
    const id = '01a22f10-9bea-70dd-b407-25ca8c7ac2d6';
    const next = [
      [`runs logs ${id} --verbose`, 'its whole log'],
      ['doctor', 'checks'],
    ] as const;
    const terminal = { ...aLiveTerminal(40), environment: { CODESEEDER_SEEDKIT: 'my-kit' } };

    expect(nextCommands(next, 'my-kit', terminal)).toEqual([
      'codeseeder runs logs \\',
      `  ${id} \\`,
      '  --verbose',
      'codeseeder doctor',
    ]);
    const narrower = { ...aLiveTerminal(38), environment: { CODESEEDER_SEEDKIT: 'my-kit' } };
    expect(nextCommands(next, 'my-kit', narrower).slice(0, 3)).toEqual([
      'codeseeder runs logs \\',
      `${id} \\`,
      '--verbose',
    ]);
  });

  it('Commands of a pipe each start with the program, and get the flags at their end or before `--`', () => {
    const terminal = { environment: {}, program: 'npx codeseeder' };
    const pipe = ['maps inputs m', "map 'a -- b#f' - -- echo 'it'\\''s -- mine'"];

    expect(commandLine(pipe, 'kit', terminal, { profile: 'my profile', seedkit: 'kit' })).toBe(
      "npx codeseeder maps inputs m --profile 'my profile' | npx codeseeder map 'a -- b#f' - --profile 'my profile' -- echo 'it'\\''s -- mine'",
    );
  });

  it('A command that is longer than the terminal is broken outside of quotes and before options, so that its lines can be copied', () => {
    const command = "codeseeder runs list --label 'who=it'\\''s me' --after 1";

    expect(withCommand('The next page:', command, aLiveTerminal(40))).toEqual([
      'The next page:',
      'codeseeder runs list \\',
      "  --label 'who=it'\\''s me' --after 1",
    ]);
    expect(withCommand('The next page:', command, aTerminal())).toEqual([`The next page: ${command}`]);
  });

  it('A pipeline that is longer than the terminal is broken after its pipe, and a command of it that is still too long at words', () => {
    const command = "npx codeseeder maps inputs 01a22f82-9ad8 --failed | npx codeseeder map 'f.mjs#check' -";

    expect(withCommand('To run changed code:', command, aLiveTerminal(60))).toEqual([
      'To run changed code:',
      'npx codeseeder maps inputs 01a22f82-9ad8 --failed |',
      "  npx codeseeder map 'f.mjs#check' -",
    ]);
    expect(withCommand('To run changed code:', command, aLiveTerminal(40))).toEqual([
      'To run changed code:',
      'npx codeseeder maps inputs \\',
      '  01a22f82-9ad8 --failed |',
      "  npx codeseeder map 'f.mjs#check' -",
    ]);
  });
});
