import { expect, it } from '@jest/globals';

import { printPublished } from '../../../../client/cli/targets/print-published.js';
import type { PublishedVersion } from '../../../../client/target-types.js';
import { aLiveTerminal, aTerminal } from '../a-terminal.js';

const VERSION: PublishedVersion = {
  name: 'smoke',
  version: 3,
  publication: 'pub-1',
  definition: { sha256: 'a'.repeat(64), sizeBytes: 1 },
  kind: 'commands',
  runs: 'npm run smoke',
  publishedAt: '2026-03-01T10:00:00.000Z',
};

it('`publish` on a terminal ends with the command that starts the new version', () => {
  const terminal = aLiveTerminal(80);
  printPublished(VERSION, { seedkit: 'kit' }, {}, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('  codeseeder start smoke@3 --seedkit kit  # starts it\n');
});

it('The command that `publish --alias` prints names the alias, and no seedkit that the shell names', () => {
  const terminal = aLiveTerminal(80, { CODESEEDER_SEEDKIT: 'kit' });
  printPublished(VERSION, { seedkit: 'kit' }, { alias: 'prod' }, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('  codeseeder start smoke@prod  # starts it\n');
});

it.each([
  ['without a terminal', aTerminal()],
  ['with `CI` set', aLiveTerminal(80, { CI: 'true' })],
])('`publish` %s prints the version and no command', (_when, terminal) => {
  printPublished(VERSION, { seedkit: 'kit' }, {}, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('');
});

it.each([
  [1, 'codeseeder start smoke@prod ARG --seedkit kit'],
  [2, 'codeseeder start smoke@prod ARG1 ARG2 --seedkit kit'],
])(
  'The command that starts a function of %i parameters has its arguments, which are JSON',
  (parameters, line) => {
    const terminal = aLiveTerminal(120);
    printPublished(VERSION, { seedkit: 'kit', parameters }, { alias: 'prod' }, terminal);
    expect(terminal.stderr.text).toBe(`  ${line}  # starts it; an argument is JSON, such as '"dev"'\n`);
  },
);
