import { beforeEach, describe, expect, it } from '@jest/globals';

import { checkInputCommand } from '../../../lambdas/prepare-run/input-files.js';
import { CHANGED_INPUT_STATUS, INVOCATION_FILE } from '../../../lib/contract/index.js';
import { A_SHA256 } from '../../contract/builders.js';
import { buildIs, failed, failureOf, resetAccount, s3 } from './mocked-account.js';

const CHECK = checkInputCommand(
  [{ name: INVOCATION_FILE, sha256: A_SHA256 }],
  '$CODEBUILD_SRC_DIR_codeseeder_input',
);
const failing = (command: string, status: number) =>
  `Error while executing command: ${command}. Reason: exit status ${status}`;

beforeEach(resetAccount);

describe('A build whose input was checked', () => {
  it('A file of the input that was replaced ends the run as InputChanged', async () => {
    buildIs(failed('INSTALL', failing(CHECK, CHANGED_INPUT_STATUS)));

    expect(await failureOf()).toMatchObject({
      status: 'FAILED',
      failure: {
        code: 'InputChanged',
        phase: 'INSTALL',
        message: expect.stringContaining('s3://bucket/runs/run-1/input/ was replaced'),
      },
    });
    expect(s3.calls()).toHaveLength(0);
  });

  it.each([
    ['the check itself could not run', 'INSTALL' as const, CHECK, 1],
    ['a command of the user has the same exit status', 'INSTALL' as const, 'make', CHANGED_INPUT_STATUS],
    ['a later phase has the same exit status', 'BUILD' as const, CHECK, CHANGED_INPUT_STATUS],
  ])('A build does not count as one with a changed input when %s', async (_, phase, command, status) => {
    buildIs(failed(phase, failing(command, status)));

    expect((await failureOf()).failure?.code).toBe('BuildFailed');
  });
});
