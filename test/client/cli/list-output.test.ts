import { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';

import { isTable, type ListFlags, printList, withListFlags } from '../../../client/cli/list-output.js';
import type { Lock } from '../../../client/lock-types.js';
import { commandProgram, leavesOf } from '../../../docs/make/command-program.js';
import { aTerminal } from './a-terminal.js';

const LOCKS: readonly Lock[] = ['a', 'b'].map((name) => ({ name, token: 1, waiting: [] }));

function printed(flags: ListFlags, locks = LOCKS): string {
  const terminal = aTerminal();
  const lines = () => ['LOCK', ...locks.map(({ name }) => `${name}  `)];
  printList<'locks list'>(terminal, flags, locks, { nameOf: ({ name }) => name, lines });
  return terminal.stdout.text;
}

describe('Commands that print a list', () => {
  it('Without a flag for programs, a list is a table', () => {
    expect(printed({})).toBe('LOCK\na  \nb  \n');
    expect([{}, { json: true }, { ndjson: true }, { quiet: true }].map(isTable)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('`--json` prints one document, `--ndjson` an object a line, and `--quiet` a name a line', () => {
    expect(JSON.parse(printed({ json: true }))).toEqual(LOCKS);
    expect(printed({ ndjson: true })).toBe(LOCKS.map((lock) => `${JSON.stringify(lock)}\n`).join(''));
    expect(printed({ quiet: true })).toBe('a\nb\n');
  });

  it('An empty list prints nothing with `--ndjson` and `--quiet`', () => {
    expect([printed({ ndjson: true }, []), printed({ quiet: true }, [])]).toEqual(['', '']);
  });

  it.each([
    ['--quiet', '--json'],
    ['--ndjson', '--json'],
    ['--ndjson', '-q'],
  ])('%s and %s exclude each other', (...flags) => {
    const command = withListFlags(new Command('list'), 'locks', 'names')
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    expect(() => command.parse(flags, { from: 'user' })).toThrow(/cannot be used with option/);
  });

  it('Each list of a seedkit has these flags', () => {
    const lists = leavesOf(commandProgram()).filter((command) => command.name() === 'list');
    const missing = lists.flatMap(({ options, parent }) =>
      ['--quiet', '--json', '--ndjson']
        .filter((flag) => options.every(({ long }) => long !== flag))
        .map((flag) => `${parent?.name()} list ${flag}`),
    );
    expect(lists.length).toBeGreaterThanOrEqual(5);
    expect(missing).toEqual([]);
  });
});
