import { describe, expect, it } from '@jest/globals';

import {
  exitCodeOfCommand,
  FAILURE_LINE_MAX_CHARACTERS,
  failureLine,
  failureText,
} from '../../lib/contract/index.js';

const OF_COMMAND = 'COMMAND_EXECUTION_ERROR: Error while executing command:';

describe('failureLine', () => {
  it.each([
    [
      { code: 'CommandFailed', phase: 'BUILD' },
      `A command failed in the phase BUILD: ${OF_COMMAND} npm test. Reason: exit status 1`,
      'CommandFailed: exit status 1: npm test',
    ],
    [
      { code: 'CommandFailed', phase: 'BUILD' },
      `A command failed in the phase BUILD: ${OF_COMMAND} set -e\nnpm ci. Reason: exit status 2 The build sets PATH, which can prevent programs from starting.`,
      'CommandFailed: exit status 2: set -e …',
    ],
    [
      { code: 'BuildFailed', phase: 'INSTALL' },
      `The build failed in the phase INSTALL: ${OF_COMMAND} npm ci. Reason: exit status 7`,
      'BuildFailed: exit status 7 in INSTALL: npm ci',
    ],
    [
      { code: 'ResultMissing', phase: 'BUILD' },
      `The process ended early in the phase BUILD: ${OF_COMMAND} node run. Reason: exit status 137`,
      `ResultMissing: The process ended early in the phase BUILD: ${OF_COMMAND} node run. Reason: exit status 137`,
    ],
    [{ code: 'CommandFailed' }, 'A command failed.', 'CommandFailed: A command failed.'],
    [{ code: 'RemoteError' }, 'TypeError: no stage 2\n    at boom', 'TypeError: no stage 2'],
    [{ code: 'TargetNotFound' }, 'TargetNotFound: no module', 'TargetNotFound: no module'],
    [{ code: 'RemoteError' }, '', 'RemoteError'],
    [{ code: 'RunCanceled' }, 'Canceled by me', 'Canceled by me'],
  ] as const)(
    'A failure of %j is shown in a list by what tells it from others: %j',
    (failure, message, line) => {
      expect(failureLine({ ...failure, message })).toBe(line);
    },
  );

  it('A long failure is one line of a bounded length, which ends with an ellipsis', () => {
    const line = failureLine({ code: 'RemoteError', message: `Error: ${'😀'.repeat(2_000)}` });

    expect(line).toMatch(/^Error: .*…$/u);
    expect(line).toHaveLength(FAILURE_LINE_MAX_CHARACTERS);
  });
});

describe('failureText', () => {
  it.each([
    [
      { code: 'CommandFailed', phase: 'BUILD' },
      `A command failed in the phase BUILD: ${OF_COMMAND} npm test. Reason: exit status 1`,
      'CommandFailed: exit status 1: npm test',
    ],
    [
      { code: 'BuildFailed', phase: 'INSTALL' },
      `The build failed in the phase INSTALL: ${OF_COMMAND} set -e\nnpm ci. Reason: exit status 2 The build sets PATH, which can prevent programs from starting.`,
      'BuildFailed: exit status 2 in INSTALL: set -e …\nThe build sets PATH, which can prevent programs from starting.',
    ],
    [
      { code: 'BuildTimedOut' },
      'Longer than 5 minutes.\nEnded.',
      'BuildTimedOut: Longer than 5 minutes.\nEnded.',
    ],
    [{ code: 'BundleChanged' }, 'BundleChanged: a layer', 'BundleChanged: a layer'],
  ] as const)('The end of a run shows the failure %j, %j as %j', (failure, message, text) => {
    expect(failureText({ ...failure, message })).toBe(text);
  });
});

describe('exitCodeOfCommand', () => {
  const message = `A command failed in the phase BUILD: ${OF_COMMAND} npm test. Reason: exit status 137`;

  it('A failed command of the run has the exit code of the message', () => {
    expect(exitCodeOfCommand({ code: 'CommandFailed', message })).toBe(137);
  });

  it.each([
    { code: 'BuildFailed', message },
    { code: 'CommandFailed', message: message.replace('exit status 137', 'signal: killed') },
    { code: 'CommandFailed', message: 'A command failed.' },
    undefined,
  ])('%j has no exit code of a command of the run', (failure) => {
    expect(exitCodeOfCommand(failure)).toBeUndefined();
  });
});
