import { beforeEach, describe, expect, it } from '@jest/globals';

import { buildIs, failed, failureOf, recordIs, resetAccount, resultIs } from './mocked-account.js';

const command = (text: string) => `Error while executing command: ${text}. Reason: exit status 1`;
const RUNNER = command(
  '"$CODEBUILD_SRC_DIR/.codeseeder/python/venv/bin/python" "$CODEBUILD_SRC_DIR/.codeseeder/runner-python"',
);

beforeEach(() => {
  resetAccount();
  recordIs({ kind: 'python', target: 'my_pkg.deploy:network' });
});

describe('a Python run', () => {
  it('A Python run whose runner failed without a result ends as ResultMissing', async () => {
    buildIs(failed('BUILD', RUNNER));

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultMissing', phase: 'BUILD' } });
  });

  it('A Python run whose build succeeded without a result ends as ResultMissing', async () => {
    buildIs({ buildStatus: 'SUCCEEDED' });

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultMissing' } });
  });

  it('A Python run with another command that failed ends as BuildFailed', async () => {
    buildIs(failed('BUILD', command('make')));

    expect(await failureOf()).toMatchObject({ failure: { code: 'BuildFailed', phase: 'BUILD' } });
  });

  it('A Python run whose installation failed ends as BuildFailed and names the phase', async () => {
    buildIs(failed('INSTALL', command('"$CODEBUILD_SRC_DIR/.codeseeder/runner-python/install.py"')));

    expect(await failureOf()).toMatchObject({
      failure: {
        code: 'BuildFailed',
        phase: 'INSTALL',
        message: expect.stringMatching(
          /the Python packages could not be installed \(exit status 1\)\. .* set build\.pypiMirror \(--pypi-mirror\)\.$/,
        ),
      },
    });
  });

  it('A Python run that raised an exception has the traceback in its failure', async () => {
    const error = { name: 'ValueError', message: 'no', stack: 'Traceback (most recent call last):\n ...' };
    buildIs(failed('BUILD', RUNNER));
    resultIs({ ok: false, error });

    expect(await failureOf()).toMatchObject({ failure: { code: 'RemoteError', remote: error } });
  });
});
