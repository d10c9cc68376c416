import { describe, expect, it } from '@jest/globals';

import { createProgram } from '../../../../client/cli/program.js';
import { adviceOnMisplaced, DISTINCT_OPTIONS } from '../../../../client/cli/run/misplaced-options.js';
import { aTerminal } from '../a-terminal.js';

function aRun(given: readonly string[] = []) {
  const program = createProgram(aTerminal(), undefined, () => undefined);
  const run = program.commands.find((command) => command.name() === 'run');
  if (run === undefined) throw new Error('There is no command run.');
  run.parseOptions([...given]);
  return run;
}

describe('adviceOnMisplaced', () => {
  it('Options of `run` after -- are named with the command line that has them before it', () => {
    const words = ['npm', 'test', '--silent', '--dir', '.', '--compute-type=BUILD_GENERAL1_LARGE', 'a b'];

    expect(adviceOnMisplaced(aRun(), words)).toBe(
      "The command itself got `--dir . --compute-type=BUILD_GENERAL1_LARGE`. Options for codeseeder go before --: codeseeder run --dir . --compute-type=BUILD_GENERAL1_LARGE -- npm test --silent 'a b'",
    );
  });

  it.each([
    ['options that many programs have', [], ['npm', 'test', '--json', '--env', 'A=1', '--timeout', '5']],
    ['an option that was given before --', ['--dir', 'app'], ['pnpm', '--dir', 'app', 'test']],
    ['a line of shell', [], ['npm test --dir .']],
    ['no command', [], undefined],
  ])('There is no advice about %s', (_, given, words) => {
    expect(adviceOnMisplaced(aRun(given), words)).toBeUndefined();
  });

  it('Each of the options that few programs have is one of `run`', () => {
    expect(aRun().options.map(({ long }) => long)).toEqual(expect.arrayContaining([...DISTINCT_OPTIONS]));
  });
});
