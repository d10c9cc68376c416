import { type Command, Option } from 'commander';

import { withNotes } from '../help/command-help.js';
import type { Terminal } from '../terminal.js';
import { CI_SERVICES, LANGUAGES, type InitFlags } from './init-flags.js';
import { valueOfKind } from '../value-kinds.js';

const HELP =
  'A file that exists is never changed, except for package.json and codeseeder.config.json, to which missing members are added, and .gitignore, to which missing lines are appended. ' +
  'In Python, the config includes the packages and modules of the project, and its requirements.txt. ' +
  'Without a terminal, or with --yes, nothing is asked.';

/** Adds `codeseeder init [folder]`. */
export function addInitCommand(program: Command, terminal: Terminal): void {
  withNotes(program.command('init'), HELP)
    .summary('write an example function, its test and settings into a project')
    .description(
      'write an example function, its test and the settings to run it, into a new or existing project',
    )
    .argument('[folder]', 'folder of the project, which is made if it does not exist (default: this folder)')
    .addOption(
      new Option('--language <language>', 'language of the example (default: found from the folder)').choices(
        LANGUAGES,
      ),
    )
    .addOption(
      valueOfKind('seedkit', new Option('--seedkit <name>', 'name of the seedkit (default: my-kit)')),
    )
    .addOption(
      new Option(
        '--ci <service>',
        'where the tests run in continuous integration (default: found from the folder, or github)',
      ).choices(CI_SERVICES),
    )
    .option('-y, --yes', 'ask nothing, and use the defaults')
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--json', 'print the result as JSON')
    .action(async (folder: string | undefined, flags: InitFlags) => {
      const { init } = await import('./init.js');
      await init(folder, flags, terminal);
    });
}
