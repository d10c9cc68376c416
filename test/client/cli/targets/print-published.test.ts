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
  printPublished(VERSION, 'kit', {}, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('  codeseeder start smoke@3 --seedkit kit  # starts it\n');
});

it('The command that `publish --alias` prints names the alias, and no seedkit that the shell names', () => {
  const terminal = aLiveTerminal(80, { CODESEEDER_SEEDKIT: 'kit' });
  printPublished(VERSION, 'kit', { alias: 'prod' }, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('  codeseeder start smoke@prod  # starts it\n');
});

it.each([
  ['without a terminal', aTerminal()],
  ['with `CI` set', aLiveTerminal(80, { CI: 'true' })],
])('`publish` %s prints the version and no command', (_when, terminal) => {
  printPublished(VERSION, 'kit', {}, terminal);
  expect(terminal.stdout.text).toBe('smoke@3\n');
  expect(terminal.stderr.text).toBe('');
});
