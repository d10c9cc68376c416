import { describe, expect, it } from '@jest/globals';

import { linesOfFailure } from '../../../../client/cli/run/describe-failure.js';
import type { RemoteErrorDetail } from '../../../../lib/contract/index.js';

const terminal = (columns: number) => ({ isTTY: true, columns });

function linesOf(remote: RemoteErrorDetail, output: { readonly isTTY?: boolean; readonly columns?: number }) {
  return linesOfFailure({ code: 'RemoteError', message: remote.message, remote }, output, 'npx codeseeder');
}

const FRAME = '    at deployAllStages (src/infrastructure/deploy.ts:12:9)';
const REMOTE: RemoteErrorDetail = {
  name: 'DeployError',
  message:
    'The stage beta has no account. Add it:\n  accounts:  { beta: 123456789012, of: "codeseeder run" }',
  stack: `DeployError: The stage beta has no account. Add it:\n  accounts:  { beta: 123456789012, of: "codeseeder run" }\n${FRAME}\n    at run (node_modules/codeseeder/dist/client/in-build/index.js:69:22)\n    at .codeseeder/runner.mjs:12:3196`,
  source: { file: 'a.ts', line: 1, column: 1, firstLine: 1, lines: ['throw new DeployError();'] },
  cause: { name: 'TypeError', message: 'accounts has no member beta, only alpha' },
};

describe('linesOfFailure', () => {
  it('The sentences of a remote error and of its cause are broken between words on a terminal, but no indented line', () => {
    expect(linesOf(REMOTE, terminal(32))).toEqual([
      'DeployError: The stage beta has',
      'no account. Add it:',
      '  accounts:  { beta: 123456789012, of: "codeseeder run" }',
      FRAME,
      'Caused by: TypeError: accounts',
      'has no member beta, only alpha',
      '',
      '> 1 | throw new DeployError();',
      '    | ^',
    ]);
  });

  it('The lines of a Python traceback are not broken, but the message below it is', () => {
    const traceback = `Traceback (most recent call last):
  File "app/stages.py", line 7, in account_of
    raise ValueError(f"The stage {stage} has no account")`;
    const message = 'The stage beta has no account';
    const stack = `${traceback}\nValueError: ${message}`;

    expect(linesOf({ name: 'ValueError', message, stack }, terminal(28))).toEqual([
      ...traceback.split('\n'),
      'ValueError: The stage beta',
      'has no account',
    ]);
  });

  it('Output that is no terminal gets the lines of a remote error as the runner has logged them', () => {
    expect(linesOf(REMOTE, {}).slice(0, 3)).toEqual(REMOTE.stack?.split('\n').slice(0, 3));
  });
});
