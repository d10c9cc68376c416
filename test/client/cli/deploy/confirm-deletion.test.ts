import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { confirmDeletion } from '../../../../client/cli/deploy/confirm-deletion.js';
import type { Terminal } from '../../../../client/cli/terminal.js';

function terminal(answer: string, isTTY: boolean): Terminal {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  stdin.end(answer);
  return {
    stdin,
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    environment: {},
    workingFolder: '/',
    program: 'codeseeder',
    interrupted: new AbortController().signal,
    takeSignals: () => () => undefined,
    watchStarter: () => () => undefined,
  };
}

describe('confirmation of --delete-data', () => {
  it("`--delete-data` continues after the seedkit's name is typed", async () => {
    await expect(confirmDeletion('demo', terminal('demo\n', true))).resolves.toBeUndefined();
  });

  it.each([
    ['if another name is typed', 'other\n', true, 'Nothing was deleted'],
    ['without a terminal', 'demo\n', false, 'add --yes'],
  ])('`--delete-data` is refused %s', async (_title, answer, isTTY, message) => {
    await expect(confirmDeletion('demo', terminal(answer, isTTY))).rejects.toMatchObject({
      code: 'Usage',
      message: expect.stringContaining(message),
    });
  });
});
