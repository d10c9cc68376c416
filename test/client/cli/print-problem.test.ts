import { describe, expect, it } from '@jest/globals';

import { printProblem } from '../../../client/cli/print-problem.js';
import { aLiveTerminal, aTerminal } from './a-terminal.js';

const TEXT = `RetainedInTheWay: The table codeseeder-my-kit-runs exists: an earlier seedkit my-kit retained it with the records of its runs.
- To delete the records: codeseeder destroy seedkit my-kit --delete-data
- Or deploy under another name, which takes a few minutes.`;

function printed(columns: number, text: string): string[] {
  const terminal = aLiveTerminal(columns);
  printProblem(terminal, text);
  return terminal.stderr.text.trimEnd().split('\n');
}

describe('printProblem', () => {
  it('A terminal gets lines that are broken between words and fit it, with the indentation of lists', () => {
    expect(printed(40, TEXT)).toEqual([
      'RetainedInTheWay: The table',
      'codeseeder-my-kit-runs exists: an',
      'earlier seedkit my-kit retained it with',
      'the records of its runs.',
      '- To delete the records:',
      '  codeseeder destroy seedkit my-kit \\',
      '    --delete-data',
      '- Or deploy under another name, which',
      '  takes a few minutes.',
    ]);
  });

  it('A path, an ARN and quoted code in backticks are not broken', () => {
    const arn = 'arn:aws:kms:eu-central-1:123456789012:key/0e1f7c0a-5a3c-4a4e-9d35-0c8d3e6f4a11';
    const code = "`import { defineConfig } from 'codeseeder/config'`";

    expect(printed(30, `The key ${arn} is lost. Write ${code} now.`)).toEqual([
      'The key',
      arn,
      'is lost. Write',
      code,
      'now.',
    ]);
  });

  it('A command that is longer than the terminal is broken with a backslash, also inside a substitution of a shell', () => {
    const up = 'eval "$(npx codeseeder local up my-kit --detach)"';

    expect(printed(32, `To start one: ${up}`)).toEqual([
      'To start one:',
      'eval "$(npx codeseeder local \\',
      '  up my-kit --detach)"',
    ]);
    expect(printed(32, "Run `codeseeder run -- 'echo a  b' --label it's` now.")).toEqual([
      'Run',
      "`codeseeder run -- 'echo a  b' \\",
      "  --label it's`",
      'now.',
    ]);
  });

  it('A command ends at the next sentence, which is wrapped', () => {
    const text = 'Give it: codeseeder run -- npm test. Without it, the value of the config applies here.';

    expect(printed(40, text)).toEqual([
      'Give it: codeseeder run -- npm test.',
      'Without it, the value of the config',
      'applies here.',
    ]);
  });

  it('Output that is no terminal gets the text as it is', () => {
    const terminal = aTerminal();
    printProblem(terminal, TEXT);

    expect(terminal.stderr.text).toBe(`${TEXT}\n`);
  });
});
