import type { Command } from 'commander';

import { givenOf, givenOptions } from '../given-options.js';
import { quoteWord } from '../quote-word.js';

/** Options that the call for other inputs does not repeat: those that select the seedkit, and those of the output. */
const NOT_REPEATED: ReadonlySet<string> = new Set([
  ...['--seedkit', '--environment', '--region', '--profile'],
  ...['--detach', '--json'],
]);

/** Options whose values may be confidential, so that messages do not repeat them. */
const CONFIDENTIAL: ReadonlySet<string> = new Set(['--env', '--kwargs']);

/** A call of `codeseeder map` that reads its inputs from standard input. */
export interface MapCall {
  /** The command, without the program and the flags that select its seedkit. */
  readonly words: string;
  /** Flags of the call that {@link words} does not have, because their values may be confidential. */
  readonly omitted: readonly string[];
}

/**
 * Returns the same call with its inputs on standard input.
 * @param command the words after `--`
 */
export function mapCallOf(
  operands: readonly string[],
  command: readonly string[] | undefined,
  own: Command,
): MapCall {
  const words = [
    'map',
    ...operands.slice(0, -1).map(quoteWord),
    '-',
    ...givenOptions(own, new Set([...NOT_REPEATED, ...CONFIDENTIAL])),
    ...(command === undefined ? [] : ['--', ...command.map(quoteWord)]),
  ];
  return { words: words.join(' '), omitted: givenOf(own, CONFIDENTIAL) };
}
