/** Makes the page of the command line, from its commander program. */
import type { Command, Option } from 'commander';

import { EXIT_CODES } from '../../client/cli/exit-code.js';
import { commandProgram, leavesOf, nameOf } from './command-program.js';
import { code, page, table } from './markdown.js';

const EXIT_MEANINGS: Record<keyof typeof EXIT_CODES, string> = {
  passed: 'The command succeeded, and so did the runs that it waited for.',
  runFailed:
    'The run failed, or was canceled elsewhere. For `runs cancel`: a run was over already. For `doctor`: it found a problem. For `upgrade`: there is something to do.',
  usage: 'A mistake in the command.',
  controlPlane: 'The control plane cannot be reached, or refuses.',
  waitedOut: '`runs wait` reached its `--timeout`.',
  interrupted: 'The command was interrupted.',
};

/** Returns the page of every command, flag and exit code. */
export function cliPage(): string {
  const commands = leavesOf(commandProgram());
  return page(
    'Command line',
    'Results go to standard output, progress to standard error. Every command has `--help`.',
    commands.map((command) => `- [${nameOf(command)}](#${nameOf(command).replaceAll(' ', '-')})`).join('\n'),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      Object.entries(EXIT_CODES).map(([name, number]) => [
        code(String(number)),
        EXIT_MEANINGS[name as keyof typeof EXIT_CODES],
      ]),
    ),
    ...commands.map(commandSection),
  );
}

function commandSection(command: Command): string {
  const name = nameOf(command);
  const args = command.registeredArguments.map((argument) => [code(argument.name()), argument.description]);
  return [
    `## ${name}`,
    sentence(command.description()),
    ...command
      .usage()
      .split(/\s{2,}\|\s{2,}/)
      .map((usage) => code(`${name} ${usage}`)),
    ...(args.length === 0 ? [] : [table(['Argument', 'Meaning'], args)]),
    table(['Flag', 'Meaning', 'Default'], command.options.map(optionRow)),
  ].join('\n\n');
}

function optionRow(option: Option): string[] {
  // A description can end with a default that commander does not know, because the program determines it at run time.
  const [, meaning = '', named] = /^([\s\S]*?)(?: \(default: (.*)\))?$/.exec(option.description) ?? [];
  const choices = option.argChoices === undefined ? '' : ` One of ${option.argChoices.map(code).join(', ')}.`;
  const environment = option.envVar === undefined ? '' : code(option.envVar);
  return [code(option.flags), `${sentence(meaning)}${choices}`, defaultOf(option) ?? named ?? environment];
}

function defaultOf({ defaultValue, negate }: Option): string | undefined {
  const value = defaultValue as unknown;
  if (negate || value === undefined || typeof value === 'boolean') return undefined;
  const text = JSON.stringify(value);
  return text === '{}' || text === '[]' ? undefined : code(text.replaceAll('"', ''));
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return capital === '' || capital.endsWith('.') ? capital : `${capital}.`;
}
