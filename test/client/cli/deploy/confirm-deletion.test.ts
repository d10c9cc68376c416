import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { confirmDeletion, requireConfirmation } from '../../../../client/cli/deploy/confirm-deletion.js';
import { aLiveTerminal, aTerminal } from '../a-terminal.js';

const PLAN = {
  isLocal: false,
  place: 'region eu-central-1 of account 123456789012',
  deletes: ['the stack aws-codeseeder-demo', 'the bucket codeseeder-demo-123456789012-abcdef'],
  keeps: ['the table codeseeder-demo-runs, with the records of runs'],
};

function asking(answer: string, columns = 120) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.end(answer);
  return { ...aLiveTerminal(columns), stdin };
}

describe('confirmation of `destroy seedkit`', () => {
  it('`destroy seedkit` shows what it deletes and what it keeps before it asks for the name', async () => {
    const terminal = asking('demo\n');

    await expect(confirmDeletion('demo', PLAN, terminal)).resolves.toBeUndefined();
    expect(terminal.stderr.text).toContain(`\
This destroys the seedkit demo in region eu-central-1 of account 123456789012. It deletes forever:
- the stack aws-codeseeder-demo
- the bucket codeseeder-demo-123456789012-abcdef
It keeps:
- the table codeseeder-demo-runs, with the records of runs
`);
    expect(terminal.stderr.text).toContain('Type demo to continue: ');
  });

  it('`destroy seedkit` breaks the lines of its question between words', async () => {
    const terminal = asking('demo\n', 40);
    await confirmDeletion('demo', PLAN, terminal);

    expect(terminal.stderr.text).toContain('- the table codeseeder-demo-runs, with\n  the records of runs\n');
  });

  it('`destroy seedkit` deletes nothing if another name is typed', async () => {
    await expect(confirmDeletion('demo', PLAN, asking('other\n'))).rejects.toMatchObject({
      code: 'Usage',
      message: 'The answer "other" is not demo. Nothing was deleted.',
    });
  });

  it.each([
    ['an empty line', '\n'],
    ['Ctrl-D', '\u0004'],
    ['the end of standard input', ''],
  ])('`destroy seedkit` deletes nothing after %s', async (_title, answer) => {
    await expect(confirmDeletion('demo', PLAN, asking(answer))).rejects.toMatchObject({
      code: 'Usage',
      message: 'No name was typed. Nothing was deleted.',
    });
  });

  it('Ctrl-C at the question of `destroy seedkit` interrupts it, and says that nothing was deleted', async () => {
    const terminal = asking('\u0003');

    await expect(confirmDeletion('demo', PLAN, terminal)).rejects.toMatchObject({
      code: 'Interrupted',
      message: 'Nothing was deleted.',
    });
    expect(terminal.stderr.text).toMatch(/\n$/);
  });

  it.each([
    [false, 'its bucket with all objects forever'],
    [true, 'its bucket and its data, with the records of runs, forever'],
  ])('`destroy seedkit` needs --yes without a terminal (with --delete-data: %s)', (deleteData, told) => {
    const refuse = () => requireConfirmation('demo', deleteData, aTerminal());

    expect(refuse).toThrow(told);
    expect(refuse).toThrow(/add --yes\.$/);
  });
});
