import { Argument, type Command } from 'commander';

import { withNotes } from '../help/command-help.js';
import { oneLine } from '../printable.js';
import { printLine, type Terminal } from '../terminal.js';
import { type Shell, SHELLS } from './scripts.js';

const HELP = [
  'bash: add the line of the example to ~/.bashrc. zsh: to ~/.zshrc, after compinit. fish: write the script to ~/.config/fish/completions/codeseeder.fish.',
  'Completed are commands, options, choices, files and folders, the seedkits and environments that codeseeder.config names, and the seedkits of local AWSs of this machine. No code of a config runs.',
  'Ids of runs and maps are `latest` and the newest 20 of the seedkit that --seedkit or CODESEEDER_SEEDKIT names. They are read from AWS, in up to two seconds; nothing else is.',
  'In a project where codeseeder is not on the PATH, complete node_modules/.bin/codeseeder.',
];

/**
 * Adds `codeseeder completion SHELL`, and `codeseeder complete`, which the scripts call.
 * @param words the words after `--`: for bash the line up to the cursor, for others the words of the line
 */
export function addCompletionCommand(
  program: Command,
  terminal: Terminal,
  words: readonly string[] | undefined,
): void {
  withNotes(program.command('completion'), ...HELP)
    .description('print a script with which the Tab key completes codeseeder in bash, zsh or fish')
    .addArgument(new Argument('<shell>', 'shell to print the script for').choices(SHELLS))
    .action(async (shell: Shell) => {
      const { SCRIPTS } = await import('./scripts.js');
      terminal.stdout.write(SCRIPTS[shell]);
    });
  program
    .command('complete', { hidden: true })
    .argument('<shell>')
    .action(async (shell: string) => {
      const { askedIds, complete } = await import('./complete.js');
      const { knownNames } = await import('./known-names.js');
      const { splitLine } = await import('./split-line.js');
      const given = words ?? [];
      const own = shell === 'bash' ? splitLine(given[0] ?? '').slice(1) : given;
      const asked = askedIds(program, own);
      const ids =
        asked === undefined ? [] : await (await import('./recent-ids.js')).recentIds(asked, terminal);
      const names = { ...(await knownNames(terminal)), ids };
      const { kind, prefix, candidates } = complete(program, own, names);
      // bash replaces only a part of the word, and so needs the whole one.
      printLine(terminal.stdout, `${kind}\t${oneLine(shell === 'bash' ? (own.at(-1) ?? '') : prefix)}`);
      for (const { value, description } of candidates)
        printLine(terminal.stdout, `${value}\t${oneLine(description)}`);
    });
}
