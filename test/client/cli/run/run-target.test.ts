import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

import { parseRunTarget } from '../../../../client/cli/run/run-target.js';
import { UsageError } from '../../../../client/cli/exit-code.js';

const parse = (operands: readonly string[], command?: readonly string[]) =>
  parseRunTarget(operands, command, '/project');

describe('a function to run', () => {
  it('is a file below the working folder, an export and its arguments as they were written', () => {
    expect(parse(['src/a.ts#deploy', '"dev"', '{"n":[1,null]}', 'true'])).toEqual({
      kind: 'function',
      file: '/project/src/a.ts',
      exportName: 'deploy',
      args: ['"dev"', '{"n":[1,null]}', 'true'],
    });
  });

  it('may be given by its absolute path and have no arguments', () => {
    expect(parse(['/other/a.ts#default'])).toMatchObject({
      file: '/other/a.ts',
      exportName: 'default',
      args: [],
    });
  });

  it.each(['src/a.ts', '#deploy', 'src/a.ts#', 'a#b#c', ''])('is not what %j names', (target) => {
    expect(() => parse([target])).toThrow(UsageError);
    expect(() => parse([target])).toThrow(`${JSON.stringify(target)} is neither FILE#FUNCTION`);
  });
});

it('a Python function is a module, a function and its arguments as they were written', () => {
  expect(parse(['my_pkg.deploy:network', '"dev"'])).toEqual({
    kind: 'python',
    target: 'my_pkg.deploy:network',
    args: ['"dev"'],
  });
});

describe('a command to run', () => {
  it('of one word is a line of shell as it is', () => {
    expect(parse([], ['npm ci && npm test | tee $LOG'])).toEqual({
      kind: 'command',
      command: 'npm ci && npm test | tee $LOG',
    });
  });

  it('of several words reaches its program with each word as it was', () => {
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

  it('is missing behind --', () => {
    expect(() => parse([], [])).toThrow(/Give a command behind --/);
  });

  it('does not go with a function', () => {
    expect(() => parse(['a.ts#f'], ['ls'])).toThrow(/not both: a\.ts#f/);
  });
});

it('neither is a mistake', () => {
  expect(() => parse([])).toThrow(/Give FILE#FUNCTION .* or a command behind --/);
});
