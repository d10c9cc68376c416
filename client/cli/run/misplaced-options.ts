import type { Command } from 'commander';

import { quoteWord } from '../quote-word.js';

/**
 * Options of `run` that few programs have. Others, such as `--json`, are more often those of the command after `--`. A
 * test holds them to the options of `run`.
 */
export const DISTINCT_OPTIONS: readonly string[] = [
  ...['--dir', '--secret', '--parameter', '--seedkit', '--run-id', '--ndjson', '--lock-mode'],
  ...['--node-module', '--bundled-package', '--prebuilt-bundle', '--exported-variable', '--runtime-version'],
  ...['--local-module', '--python-module', '--pipx-module', '--python-installer', '--npm-mirror'],
  ...['--pypi-mirror', '--compute-type', '--environment-type', '--queued-timeout', '--debug-session'],
  '--debug-pause',
];

/**
 * Returns what to do if a command fails that has options of `run` which were not given before `--`; undefined if it has
 * none.
 *
 * @param run the command `run` with the values that were given
 * @param words the words after `--`
 */
export function adviceOnMisplaced(run: Command, words: readonly string[] = []): string | undefined {
  const misplaced: string[] = [];
  const command: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = at === 0 ? undefined : misplacedOption(run, word);
    const taken = option?.required === true && !word.includes('=') ? words.slice(at, at + 2) : [word];
    (option === undefined ? command : misplaced).push(...taken.map(quoteWord));
    at += taken.length - 1;
  }
  if (misplaced.length === 0) return undefined;
  const [shown, rest] = [misplaced.join(' '), command.join(' ')];
  return `The command itself got \`${shown}\`. Options for codeseeder go before --: codeseeder run ${shown} -- ${rest}`;
}

/** Returns the option of `run` that a word after `--` is; undefined if it is another one, or was given before `--`. */
function misplacedOption(run: Command, word: string) {
  const [name = ''] = word.split('=');
  if (!DISTINCT_OPTIONS.includes(name)) return undefined;
  const option = run.options.find(({ long }) => long === name);
  const isGiven = option !== undefined && run.getOptionValueSource(option.attributeName()) === 'cli';
  return isGiven ? undefined : option;
}
