import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { resetAccount, mockExecution, states } from '../client/mocked-account.js';
import { runMain } from '../client/cli/a-terminal.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { nastyText } from './nasty.js';

const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-arguments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  resetAccount();
  mockExecution({ status: 'RUNNING' });
});

const COMMANDS = [
  ['run'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['runs', 'logs'],
  ['runs', 'cancel'],
  ['deploy', 'seedkit'],
  ['destroy', 'seedkit'],
  ['local', 'up'],
  ['local', 'down'],
  ['local', 'secret', 'set'],
  ['local', 'parameter', 'set'],
];
const OPTIONS = [
  '--seedkit',
  '--region',
  '--profile',
  '--env',
  '--timeout',
  '--label',
  '--run-id',
  '--status',
  '--limit',
  '--file',
  '--dir',
  '--arg',
  '--json',
  '--concurrency',
  '--port',
  '--data',
  '--account',
];
/** Generates texts that are not valid seedkit names, so that no command deploys, starts or finds anything. */
const words = nastyText.filter((text) => !/^[a-z][a-z0-9-]*$/.test(text));

describe('The command line', () => {
  it(
    'Every command ends with a documented exit code and a message, whatever its arguments are',
    async () => {
      const lines = fc.tuple(
        fc.constantFrom(...COMMANDS),
        fc.array(fc.oneof(words, fc.constantFrom(...OPTIONS)), { maxLength: 5 }),
      );
      await holds(
        fc.asyncProperty(lines, async ([command, more]) => {
          // Passes an invalid seedkit name, so that no service is called.
          const args = [...command, '--seedkit', 'Not One', ...more];
          const { exitCode, stdout, stderr } = await runMain(args, { workingFolder: folder });
          expect([0, 1, 2, 3]).toContain(exitCode);
          expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
          expect(stderr).not.toMatch(/TypeError|ReferenceError|RangeError/);
          if (exitCode !== 0) expect(stderr).not.toBe('');
          else expect(stdout).not.toBe('');
        }),
        75,
      );
      expect(states.calls()).toEqual([]);
    },
    CAMPAIGN_MS,
  );
});
