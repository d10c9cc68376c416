/** Makes the page of the command line, from its commander program. */
import type { Command, Option } from 'commander';

import { EXIT_CODE_MEANINGS, EXIT_CODES } from '../../client/cli/exit-code.js';
import { examplesOf, nameOf, notesOf } from '../../client/cli/help/command-help.js';
import { defaultOf, usagesOf } from '../../client/cli/help/format-help.js';
import { optionGroupsOf } from '../../client/cli/help/option-groups.js';
import { sentence } from '../../client/cli/help/sentence.js';
import { commandProgram, leavesOf } from './command-program.js';
import { code, page, table } from './markdown.js';

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
        EXIT_CODE_MEANINGS[name as keyof typeof EXIT_CODES],
      ]),
    ),
    ...commands.map(commandSection),
  );
}

function commandSection(command: Command): string {
  const name = nameOf(command);
  const args = command.registeredArguments.map((argument) => [code(argument.name()), argument.description]);
  const groups = [...optionGroupsOf(command)];
  return [
    `## ${name}`,
    sentence(command.description()),
    ...usagesOf(command).map((usage) => code(`${name} ${usage}`)),
    exampleBlock(command),
    ...(args.length === 0 ? [] : [table(['Argument', 'Meaning'], args)]),
    ...groups.flatMap(([heading, options]) => [
      ...(groups.length === 1 ? [] : [`**${heading}**`]),
      table(['Flag', 'Meaning', 'Default'], options.map(optionRow)),
    ]),
    ...notesOf(command),
  ].join('\n\n');
}

function exampleBlock(command: Command): string {
  const lines = examplesOf(command).map(({ purpose, line }) => `# ${purpose}\n${line}`);
  return ['```text', ...lines, '```'].join('\n');
}

function optionRow(option: Option): string[] {
  // A description can end with a default that commander does not know, because the program determines it at run time.
  const [, meaning = '', named] = /^([\s\S]*?)(?: \(default: (.*)\))?$/.exec(option.description) ?? [];
  const choices = option.argChoices === undefined ? '' : ` One of ${option.argChoices.map(code).join(', ')}.`;
  const environment = option.envVar === undefined ? '' : code(option.envVar);
  const fallback = code(defaultOf(option));
  const shape = option.long === '--json' || option.long === '--ndjson' ? ' [Shape](output.md).' : '';
  return [code(option.flags), `${sentence(meaning)}${choices}${shape}`, fallback || named || environment];
}
