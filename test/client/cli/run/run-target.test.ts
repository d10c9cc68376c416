import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from '@jest/globals';

import { parseRunTarget } from '../../../../client/cli/run/run-target.js';
import { UsageError } from '../../../../client/cli/exit-code.js';
import { createProjects } from '../../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const parse = (operands: readonly string[], command?: readonly string[]) =>
  parseRunTarget(operands, command, '/project');

describe('parseRunTarget with a function', () => {
  it('`parseRunTarget` resolves the file in the working folder and keeps the arguments as text', () => {
    expect(parse(['src/a.ts#deploy', '"dev"', '{"n":[1,null]}', 'true'])).toEqual({
      kind: 'function',
      file: '/project/src/a.ts',
      exportName: 'deploy',
      args: ['"dev"', '{"n":[1,null]}', 'true'],
    });
  });

  it('`parseRunTarget` accepts an absolute path and no arguments', () => {
    expect(parse(['/other/a.ts#default'])).toMatchObject({
      file: '/other/a.ts',
      exportName: 'default',
      args: [],
    });
  });

  it.each(['src/a.ts', '#deploy', 'src/a.ts#', 'a#b#c', ''])(
    '`parseRunTarget` refuses the target %j',
    (target) => {
      expect(() => parse([target])).toThrow(UsageError);
      expect(() => parse([target])).toThrow(`${JSON.stringify(target)} is neither FILE#FUNCTION`);
    },
  );
});

it.each([
  ['app.py:main', 'app:main --local-module app=app.py'],
  ['src/jobs.py#main', 'jobs:main --local-module jobs=src/jobs.py'],
])('`parseRunTarget` refuses the Python file in %s, and shows the right form', async (target, form) => {
  const project = await projects.make();
  await project.write({ 'app.py': '', 'src/jobs.py': '' });

  expect(() => parseRunTarget([target], undefined, project.folder)).toThrow(
    `"${target}" names a file. A Python function is MODULE:FUNCTION with its code: ${form}`,
  );
  expect(parseRunTarget(['other.py:main'], undefined, project.folder)).toMatchObject({ kind: 'python' });
});

it.each(['src/a.ts', 'a.mjs', 'a.cts'])(
  '`parseRunTarget` refuses the file %s with a colon before its function, and shows the right form',
  (file) => {
    expect(() => parse([`${file}:deploy`])).toThrow(`"${file}:deploy" names a file. Write ${file}#deploy.`);
  },
);

it('`parseRunTarget` refuses a command without -- and shows where it belongs', () => {
  expect(() => parse(['echo', 'hi'])).toThrow('Did you mean: codeseeder run -- echo hi');
});

it('`parseRunTarget` reads a Python function with its arguments as text', () => {
  expect(parse(['my_pkg.deploy:network', '"dev"'])).toEqual({
    kind: 'python',
    target: 'my_pkg.deploy:network',
    args: ['"dev"'],
  });
});

describe('parseRunTarget with a command', () => {
  it('A command of one word is a line of shell', () => {
    expect(parse([], ['npm ci && npm test | tee $LOG'])).toEqual({
      kind: 'command',
      command: 'npm ci && npm test | tee $LOG',
    });
  });

  it('A command of several words passes each word unchanged', () => {
    const words = ['%s|', "it's", 'a b', '$HOME', '`id`', '', '*', '-n', 'x\ny', '"q"', '\\', '!', '~', '#'];
    const { command } = parse([], ['printf', ...words]) as { command: string };
    const printed = execFileSync('bash', ['-c', command]).toString();

    expect(printed).toBe(
      words
        .slice(1)
        .map((word) => `${word}|`)
        .join(''),
    );
  });

  it('`parseRunTarget` refuses -- without a command', () => {
    expect(() => parse([], [])).toThrow(/There is no command after --/);
  });

  it('`parseRunTarget` refuses a command together with a function', () => {
    expect(() => parse(['a.ts#f'], ['ls'])).toThrow(/"a\.ts#f" .* not both/);
  });
});

it('`parseRunTarget` refuses empty arguments', () => {
  expect(() => parse([])).toThrow(/Give FILE#FUNCTION .* or a command after --/);
});
