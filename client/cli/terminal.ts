import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

import type { JsonDocuments, JsonLines } from './output-types.js';
import { coloured } from './printable.js';
import type { Signals } from './signals.js';

/** Streams and environment of a command. Tests pass their own. */
export interface Terminal {
  /** Input for values that must not be on the command line, such as secrets. */
  readonly stdin: Readable & { isTTY?: boolean };
  /** Results only. */
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  /** Progress and errors. */
  readonly stderr: Writable & { isTTY?: boolean; columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  /** How users start this program, such as `npx codeseeder`. Commands in messages start with it. */
  readonly program: string;
  /** Aborts on Ctrl-C and on signals that end the process, unless the command handles them by `takeSignals`. */
  readonly interrupted: AbortSignal;
  readonly takeSignals: Signals['take'];
  /**
   * Calls back once when the process that started this one has ended. npx, for example, ends on SIGTERM without
   * forwarding it.
   * @returns a function that stops watching
   */
  readonly watchStarter: (ended: () => void) => () => void;
}

/** Writes a line. Characters that would act on the terminal are escaped, except for colours. */
export function printLine(stream: Writable, line = ''): void {
  stream.write(`${coloured(line)}\n`);
}

/**
 * Prints the result of a command: as JSON with `--json`, otherwise as lines of text. A call names its command as the
 * type argument, and gives the shape that `JsonDocuments` has for it.
 */
export function printResult<Command extends keyof JsonDocuments = never>(
  terminal: Terminal,
  json: boolean,
  result: JsonDocuments[Command],
  lines: () => readonly string[],
): void {
  if (json) printJson<Command>(terminal, result);
  else for (const line of lines()) printLine(terminal.stdout, line);
}

/** Prints the JSON document of a command. A call names its command, as with `printResult`. */
export function printJson<Command extends keyof JsonDocuments = never>(
  { stdout }: Pick<Terminal, 'stdout'>,
  result: JsonDocuments[Command],
): void {
  printLine(stdout, JSON.stringify(result, undefined, 2));
}

/** Prints one of the JSON objects that a command prints as lines. A call names its command, as with `printResult`. */
export function printJsonLine<Command extends keyof JsonLines = never>(
  { stdout }: Pick<Terminal, 'stdout'>,
  line: JsonLines[Command],
): void {
  printLine(stdout, JSON.stringify(line));
}

/** Returns whether standard error is a terminal that can show a live line. */
export function isInteractive(terminal: Terminal): boolean {
  const { stderr, environment } = terminal;
  // Some containers have a terminal without a size, on which a line cannot be redrawn.
  return (
    stderr.isTTY === true && stderr.columns !== 0 && !environment['CI'] && environment['TERM'] !== 'dumb'
  );
}

/** Characters and colours for lines of progress. */
export interface Marks {
  /** Before what succeeded; empty where the terminal may not have the character. */
  readonly passed: string;
  /** Before what failed; empty where the terminal may not have the character. */
  readonly failed: string;
  /** Between the parts of a line. */
  readonly separator: string;
  /** Pictures of something that moves. */
  readonly frames: readonly string[];
  /** Colours a text for standard error, if it shows colours. */
  readonly colour: (name: 'green' | 'red', text: string) => string;
}

/** Returns the characters that standard error can show. */
export function marksOf(terminal: Terminal): Marks {
  const isLive = isInteractive(terminal);
  const hasColour = isLive && !terminal.environment['NO_COLOR'];
  const colour: Marks['colour'] = (name, text) =>
    hasColour ? styleText(name, text, { validateStream: false }) : text;
  if (!isLive || !showsUnicode(terminal.environment))
    return { passed: '', failed: '', separator: ', ', frames: ['-', '\\', '|', '/'], colour };
  return { passed: '✓', failed: '✗', separator: ' · ', frames: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'], colour };
}

/** Returns whether the locale of a terminal is UTF-8. macOS and Windows Terminal use UTF-8 without saying so. */
function showsUnicode(environment: Terminal['environment']): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'];
  if (locale) return /utf-?8/i.test(locale);
  return Boolean(environment['WT_SESSION'] ?? environment['TERM_PROGRAM']);
}

/** Returns whether results are printed in colour. @see https://no-color.org */
export function wantsColour(terminal: Terminal): boolean {
  return terminal.stdout.isTTY === true && !terminal.environment['NO_COLOR'];
}
