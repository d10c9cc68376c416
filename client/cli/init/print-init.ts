import { indentedCommand, withCommand } from '../next-commands.js';
import type { IncludedCode, InitResult, LeftFile } from '../output-types.js';
import { fittedLines } from '../print-problem.js';
import { columnsOf } from '../text-columns.js';
import { printResult, type Terminal } from '../terminal.js';
import type { InitFlags } from './init-flags.js';

/** Texts for people, which are not a part of the result. */
interface Shown {
  /** Command that runs the tests. */
  readonly test: string;
  /** Command that stops the local AWS. */
  readonly stop: string;
  /** Path of the config, relative to the project's folder. */
  readonly config: string;
  /** Whether the config has the environment `aws`. */
  readonly hasAccount: boolean;
  /** Command that runs a function of the project; undefined if none was found. */
  readonly own: string | undefined;
}

/** Prints what was done, what is left to do by hand, and the commands to run next. */
export function printInit(result: InitResult, shown: InitFlags & Shown, terminal: Terminal): void {
  printResult<'init'>(terminal, shown.json === true, result, () => linesOf(result, shown, terminal));
}

const DEPLOYING = 'node_modules/codeseeder/docs/getting-started.md#on-aws-in-ten-minutes';

function linesOf(
  { folder, written, changed, left, included, next }: InitResult,
  { dryRun, test, stop, config, hasAccount, own }: InitFlags & Shown,
  terminal: Terminal,
): string[] {
  const { stdout, program } = terminal;
  const columns = (stdout.isTTY === true && stdout.columns) || Infinity;
  const text = (words: string) => fittedLines(stdout, program, words);
  const labelled = (label: string, words: string) => withCommand(label, words, terminal, stdout);
  const files = [
    ...written.map((file) => ['new', file] as const),
    ...changed.map((file) => ['changed', file] as const),
  ];
  return [
    ...pathAfter(dryRun === true ? 'Would write to' : 'Wrote to', `${folder}:`, columns),
    ...table(files, columns),
    ...(files.length === 0 ? ['  nothing: everything is there'] : []),
    ...(included === undefined ? [] : includedLines(included, config, columns, text)),
    ...(left.length === 0 ? [] : ['', ...text('Left as they are. To do by hand:')]),
    ...left.flatMap((file) => leftLines(file, text)),
    '',
    ...text('Next, start a local AWS on this machine, and run the function in it:'),
    '',
    ...next.flatMap((command) => indentedCommand(command, stdout)),
    '',
    ...(own === undefined ? [] : labelled('A function of your own:', own)),
    ...labelled('Its tests:', test),
    ...labelled('To stop the local AWS:', stop),
    ...(hasAccount
      ? [
          ...text('Region and profile of your AWS account, for --environment aws:'),
          ...indented([config], columns),
        ]
      : []),
    ...text('To run it in your AWS account:'),
    ...indented([DEPLOYING], columns),
  ];
}

/** Returns the lines about the Python code that a config includes. */
function includedLines(
  { localModules, requirementsFiles, leftOut }: IncludedCode,
  config: string,
  columns: number,
  text: (words: string) => string[],
): string[] {
  const code = [
    ...Object.entries(localModules),
    ...Object.values(requirementsFiles).map((file) => ['requirements', file] as const),
  ];
  return [
    '',
    ...text(`Included in runs of Python functions, by ${config}:`),
    ...table(code, columns),
    ...(leftOut.length === 0 ? [] : text('Not included:')),
    ...leftOut.flatMap((file) => leftLines(file, text)),
  ];
}

/** Returns a file with its advice, and lines to copy, which are not broken. */
function leftLines({ file, advice, lines = [] }: LeftFile, text: (words: string) => string[]): string[] {
  const colon = lines.length === 0 ? '' : ':';
  return [...text(`- ${file}: ${advice}${colon}`), ...lines.map((line) => `    ${line}`)];
}

/** Returns names with paths in a second column. A narrow terminal gets one space between them. */
function table(rows: readonly (readonly [name: string, place: string])[], columns: number): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, place]) => `  ${name.padEnd(width)}  ${place}`);
  const isNarrow = lines.some((line) => columnsOf(line) > columns);
  return isNarrow ? rows.map(([name, place]) => `${name} ${place}`) : lines;
}

/** Returns a path after a text, or below it on a terminal that is too narrow for both. */
function pathAfter(text: string, place: string, columns: number): string[] {
  const line = `${text} ${place}`;
  return columnsOf(line) <= columns ? [line] : [text, ...indented([place], columns)];
}

/** Indents lines that fit a terminal with the indentation. */
function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => (columnsOf(line) + 2 <= columns ? `  ${line}` : line));
}
