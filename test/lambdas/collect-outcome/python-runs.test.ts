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
  it('without a result, whose runner failed, is told by its missing result', async () => {
    buildIs(failed('BUILD', RUNNER));

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultMissing', phase: 'BUILD' } });
  });

  it('without a result although its build succeeded is told by that', async () => {
    buildIs({ buildStatus: 'SUCCEEDED' });

    expect(await failureOf()).toMatchObject({ failure: { code: 'ResultMissing' } });
  });

  it('whose other commands failed is a failed build', async () => {
    buildIs(failed('BUILD', command('make')));

    expect(await failureOf()).toMatchObject({ failure: { code: 'BuildFailed', phase: 'BUILD' } });
  });

  it('whose installation failed is a failed build that names the phase', async () => {
    buildIs(failed('INSTALL', command('"$CODEBUILD_SRC_DIR/.codeseeder/runner-python/install.py"')));

    expect(await failureOf()).toMatchObject({ failure: { code: 'BuildFailed', phase: 'INSTALL' } });
  });

  it('that raised has its traceback in the record', async () => {
    const error = { name: 'ValueError', message: 'no', stack: 'Traceback (most recent call last):\n ...' };
    buildIs(failed('BUILD', RUNNER));
    resultIs({ ok: false, error });

    expect(await failureOf()).toMatchObject({ failure: { code: 'RemoteError', remote: error } });
  });
});
