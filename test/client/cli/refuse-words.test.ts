import { expect, it } from '@jest/globals';

import { runMain } from './a-terminal.js';

const AGAIN = ['runs', 'again', 'run-1', '--seedkit', 'demo'];

it.each([
  [[...AGAIN, '--', '"bob"'], `takes no words after --, but there are '"bob"'.`, `--args '["bob"]'`],
  [[...AGAIN, '--', 'bob', '3'], 'after --, but there are bob 3.', `--args '["bob", 3]'`],
  [['start', 'smoke', '--', '3'], 'codeseeder start takes no words after --', 'Leave out --, and give'],
  [['runs', 'show', 'run-1', '--', 'x'], 'codeseeder runs show takes no words', 'Leave out -- and what'],
])('%j is refused, because the command would ignore the words after --', async (args, problem, advice) => {
  const { exitCode, stdout, stderr } = await runMain(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(problem);
  expect(stderr).toContain(advice);
});

it('`runs again` with arguments behind the id says to give them by --args', async () => {
  const { exitCode, stderr } = await runMain([...AGAIN, '"bob"', '3']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("too many arguments for 'again'");
  expect(stderr).toContain(`one JSON array: \`--args '["bob", 3]'\`. Examples and options`);
});

it('Too many arguments for a command without --args only name its help', async () => {
  const { stderr } = await runMain(['runs', 'show', 'run-1', 'run-2', '--seedkit', 'demo']);
  expect(stderr).toContain("too many arguments for 'show'");
  expect(stderr).toMatch(/\nExamples and options: codeseeder runs show --help\n$/);
});
