import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';

import { EXAMPLES, nameOf } from '../../../client/cli/help/command-help.js';
import { isShown } from '../../../client/cli/help/format-help.js';
import { createProgram } from '../../../client/cli/program.js';
import { parseMapTarget } from '../../../client/cli/maps/map-target.js';
import { optionsOfFlags } from '../../../client/cli/run/option-flags.js';
import { parseRunTarget } from '../../../client/cli/run/run-target.js';
import { callsInBash } from '../../calls-in-bash.js';
import { aTerminal, KeptOutput, runMain } from './a-terminal.js';

const commandsIn = (command: Command): Command[] =>
  command.commands.filter(isShown).flatMap((one) => [one, ...commandsIn(one)]);
const all = commandsIn(createProgram(aTerminal(), undefined, () => undefined));
const leaves = all.filter(({ commands }) => commands.length === 0);
const wordsOf = (command: Command) => nameOf(command).split(' ').slice(1);

/** Returns the help of a command on a terminal of a width. */
async function helpOf(words: readonly string[], columns: number, environment = {}): Promise<string> {
  const terminal = aTerminal({ environment });
  const stdout = Object.assign(new KeptOutput(), { isTTY: true, columns });
  const program = createProgram({ ...terminal, stdout }, undefined, () => undefined);
  await program.parseAsync([...words, '--help'], { from: 'user' }).catch(() => undefined);
  return stdout.text;
}

/** Words after `--` of the command line that is parsed. */
let afterDashes: readonly string[] | undefined;
const parser = createProgram(aTerminal(), undefined, () => undefined);
for (const leaf of commandsIn(parser).filter(({ commands }) => commands.length === 0)) {
  leaf.action((...values: unknown[]) => {
    const operands = values
      .slice(0, -2)
      .flat()
      .filter((value) => value !== undefined) as string[];
    if (leaf.name() === 'run') parseRunTarget(operands, afterDashes, '/project');
    if (leaf.name() === 'publish') parseRunTarget(operands.slice(1), afterDashes, '/project');
    if (leaf.name() === 'map') parseMapTarget(operands, afterDashes, '/project');
    if (['run', 'publish', 'map'].includes(leaf.name())) optionsOfFlags(leaf.opts());
  });
}

/** Parses the words of a command line as the program does, with targets and options of runs, and runs nothing. */
function parse(words: readonly string[]): void {
  const at = words.indexOf('--');
  afterDashes = at < 0 ? undefined : words.slice(at + 1);
  parser.parse(at < 0 ? [...words] : words.slice(0, at), { from: 'user' });
}

describe('Examples in the help', () => {
  it('Every command has two to six examples, and each is of the command itself', () => {
    const few = leaves.filter((leaf) => {
      const lines = Object.values(EXAMPLES[nameOf(leaf)] ?? {});
      const name = nameOf(leaf).replace(' app', '');
      return lines.length < 2 || lines.length > 6 || !lines.every((line) => line.includes(name));
    });
    const names = new Set(['codeseeder', ...leaves.map(nameOf)]);

    expect(few.map(nameOf)).toEqual([]);
    expect(Object.keys(EXAMPLES).filter((name) => !names.has(name))).toEqual([]);
  });

  it('Every example in the help is a command line that the program accepts', () => {
    const lines = Object.values(EXAMPLES).flatMap((examples) => Object.values(examples));
    const calls = callsInBash(lines);
    const refused = calls.flatMap((line, index) => {
      try {
        for (const words of line) parse(words);
        return line.length === 0 ? [`${lines[index]}: calls nothing`] : [];
      } catch (error) {
        return [`${lines[index]}: ${String(error)}`];
      }
    });

    expect(calls).toHaveLength(lines.length);
    expect(refused).toEqual([]);
  });

  it('The check of examples refuses an unknown flag, a missing operand, a wrong target and a wrong value', () => {
    expect(() => parse(['runs', 'list', '--states', 'FAILED'])).toThrow('unknown option');
    expect(() => parse(['runs', 'show'])).toThrow('missing required argument');
    expect(() => parse(['run', 'npm', 'test'])).toThrow('neither FILE#FUNCTION');
    expect(() => parse(['run', '--timeout', 'soon', '--', 'ls'])).toThrow('whole number of minutes');
  });

  it('Examples come before the options, and a command with subcommands shows one of each', async () => {
    const { stdout } = await runMain(['runs', 'list', '--help']);
    const group = (await runMain(['runs', '--help'])).stdout;

    expect(stdout.indexOf('Examples:')).toBeGreaterThan(0);
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Options:'));
    expect(group).toMatch(/Examples:[^]*codeseeder runs show ID[^]*Commands:/);
  });
});

describe('The layout of the help', () => {
  it('The help groups commands and options under headings', async () => {
    const headings = (text: string) => [...text.matchAll(/^(\w[^\n]*):$/gm)].map(([, heading]) => heading);

    expect(headings((await runMain(['--help'])).stdout)).toEqual([
      'Examples',
      'Run code',
      'Look at runs',
      'Publish and schedule',
      'Set up',
      'Local AWS',
      'Options',
      'Exit codes',
    ]);
    expect(headings((await runMain(['run', '--help'])).stdout)).toEqual([
      'Examples',
      'Arguments',
      'Options',
      'Output',
      'What to include',
      'Build environment',
      'Lock and cache',
      'Commands of phases',
      'Debugging',
      'Python',
      'Seedkit and AWS',
    ]);
  });

  it.each([120, 80, 40])(
    'No line of any help is wider than %d columns, unless one word is',
    async (columns) => {
      const wide: string[] = [];
      for (const words of [[], ...all.map(wordsOf)]) {
        const lines = (await helpOf(words, columns, { NO_COLOR: '1' })).split('\n');
        const isOneWord = (line: string) =>
          (line.trim().match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)?.length ?? 0) <= 2;
        wide.push(...lines.filter((line) => line.length > columns && !isOneWord(line)));
      }

      expect(wide).toEqual([]);
    },
  );

  it('A broken example is still one command line for a shell', async () => {
    const narrow = await helpOf(['run'], 40, { NO_COLOR: '1' });
    const [, line = ''] = /its arguments|as JSON\n([^]*?)\n {2}#/.exec(narrow) ?? [];

    expect(line).toContain('\\\n');
    expect(callsInBash([line])).toEqual([[['run', 'src/deploy.ts#network', '"dev"', '{"zones": 3}']]]);
  });

  it('The help has colours on a terminal only, and not with NO_COLOR', async () => {
    expect(await helpOf(['runs', 'list'], 80)).toContain('\u001b[1mExamples:');
    expect(await helpOf(['runs', 'list'], 80, { NO_COLOR: '1' })).not.toContain('\u001b');
    expect((await runMain(['runs', 'list', '--help'])).stdout).not.toContain('\u001b');
  });
});
