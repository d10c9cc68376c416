import { styleText } from 'node:util';
import type { Argument, Command, Help, Option } from 'commander';

import { EXIT_CODES, EXIT_CODE_MEANINGS } from '../exit-code.js';
import { asCalled } from '../../how-called.js';
import { examplesOf, grouped, nameOf, notesOf, type Example } from './command-help.js';
import { optionGroupsOf } from './option-groups.js';
import { sentence } from './sentence.js';
import { wrapped, wrappedAroundCommands, wrappedCommand } from './wrapped.js';

/** Maximum width of help in columns, because longer lines are hard to read. */
const WIDEST = 120;

/** Columns below which a description is below its name instead of beside it. */
const NARROW = 60;

/** Columns of the longest name that has its description beside it. */
const LONGEST_NAME = 30;

/** A name with its description. */
type Row = readonly [name: string, description: string];

/**
 * Returns the help of a command: what it does, examples, and then all it takes.
 * @param program how users start the program, for examples and hints
 */
export function formatHelp(
  command: Command,
  { helpWidth = 80 }: Pick<Help, 'helpWidth'>,
  program: string,
): string {
  const width = Math.min(helpWidth, WIDEST);
  const isWhole = command.parent === null;
  const parts = [
    ...(isWhole ? [] : [usageLines(command, width)]),
    wrapped(sentence(command.description()), width),
    section('Examples', exampleLines(examplesOf(command), program, width)),
    rowSection('Arguments', command.registeredArguments.map(argumentRow), width),
    ...[...grouped(command.commands, 'Commands')].map(([heading, commands]) =>
      rowSection(heading, commands.filter(isShown).map(commandRow), width),
    ),
    ...[...optionGroupsOf(command)].map(([heading, options]) =>
      rowSection(heading, options.map(optionRow), width),
    ),
    ...(isWhole ? [rowSection('Exit codes', exitCodeRows(), width)] : []),
    ...[...notesOf(command), ...closing(command)].map((note) =>
      wrappedAroundCommands(asCalled(note, { program }), width),
    ),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Returns the forms of a command line, such as `run [options] -- COMMAND`. */
export function usagesOf(command: Command): string[] {
  return command.usage().split(/\s{2,}\|\s{2,}/);
}

/** Returns whether a command is for users. Commander hides those that only programs call. */
export function isShown(command: Command): boolean {
  return !(command as Command & { readonly _hidden?: boolean })._hidden;
}

function usageLines(command: Command, width: number): string[] {
  return usagesOf(command).flatMap((usage, index) => {
    const [first = '', ...rest] = wrapped(`${nameOf(command)} ${usage}`, width - 7, width - 9);
    const before = index === 0 ? heading('Usage:') : '      ';
    return [`${before} ${first}`, ...rest.map((line) => `         ${line}`)];
  });
}

function closing(command: Command): string[] {
  if (command.commands.length === 0) return [];
  return [`Examples and options of a command: ${nameOf(command)} COMMAND --help`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading(`${title}:`), ...lines];
}

function rowSection(title: string, rows: readonly Row[], width: number): string[] {
  return section(title, rowLines(rows, width));
}

function exampleLines(examples: readonly Example[], program: string, width: number): string[] {
  return examples.flatMap(({ purpose, line }) => [
    ...wrapped(purpose, width - 4).map((text) => `  ${styleText('dim', `# ${text}`, PLAIN)}`),
    ...wrappedCommand(asCalled(line, { program }), width - 2).map((text) => `  ${text}`),
  ]);
}

/** Returns rows in two columns, or on a narrow terminal one below the other. */
function rowLines(rows: readonly Row[], width: number): string[] {
  const longest = Math.min(LONGEST_NAME, Math.max(...rows.map(([name]) => name.length)));
  const indent = width < NARROW ? 6 : longest + 4;
  return rows.flatMap(([name, description]) => {
    const lines = wrapped(description, width - indent);
    const isBeside = width >= NARROW && name.length <= longest;
    const [first = '', ...rest] = isBeside ? lines : ['', ...lines];
    return [
      `  ${name.padEnd(isBeside ? longest : 0)}  ${first}`.trimEnd(),
      ...rest.map((line) => `${' '.repeat(indent)}${line}`),
    ];
  });
}

function argumentRow(argument: Argument): Row {
  return [argument.name(), withFacts(argument.description, [choicesOf(argument.argChoices)])];
}

function commandRow(command: Command): Row {
  return [command.name(), command.summary() || command.description()];
}

function optionRow(option: Option): Row {
  const { flags, description, argChoices, envVar } = option;
  const fallback = defaultOf(option);
  const facts = [
    choicesOf(argChoices),
    fallback === undefined ? undefined : `default: ${fallback}`,
    envVar === undefined ? undefined : `or the variable ${envVar}`,
  ];
  return [flags, withFacts(description, facts)];
}

/** Returns the default of an option as text; undefined if it has none, or one that says nothing to users. */
export function defaultOf({ defaultValue, negate }: Option): string | undefined {
  const value = defaultValue as unknown;
  if (negate || value === undefined || typeof value === 'boolean') return undefined;
  const text = JSON.stringify(value);
  return text === '{}' || text === '[]' ? undefined : text.replaceAll('"', '');
}

function choicesOf(choices: readonly string[] | undefined): string | undefined {
  return choices === undefined ? undefined : `one of ${choices.join(', ')}`;
}

function withFacts(description: string, facts: readonly (string | undefined)[]): string {
  const known = facts.filter((fact) => fact !== undefined);
  return known.length === 0 ? description : `${description} (${known.join('; ')})`;
}

function exitCodeRows(): Row[] {
  return Object.entries(EXIT_CODES).map(([name, code]) => [
    String(code),
    EXIT_CODE_MEANINGS[name as keyof typeof EXIT_CODES],
  ]);
}

/** Commander removes styles where the output has no colours. */
const PLAIN = { validateStream: false } as const;

function heading(text: string): string {
  return styleText('bold', text, PLAIN);
}
