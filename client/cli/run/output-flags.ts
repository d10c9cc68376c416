import { type Command, Option } from 'commander';

import { inGroup } from '../help/command-help.js';
import { OPTION_GROUPS } from '../help/option-groups.js';

/** Values of the flags that decide what a command that follows a run prints. */
export interface OutputFlags {
  readonly json?: boolean | undefined;
  readonly ndjson?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** Adds `--json`, `--ndjson`, `--quiet` and `--verbose`, and refuses those that exclude each other. */
export function withOutputFlags(command: Command): Command {
  return inGroup(command, OPTION_GROUPS.output, addOutputFlags);
}

function addOutputFlags(command: Command): void {
  command
    .option('--json', 'print the result as JSON')
    .addOption(
      new Option(
        '--ndjson',
        'print each event and log line, and at last the result, as one JSON object a line',
      ).conflicts(['json', 'quiet', 'verbose']),
    )
    .addOption(
      new Option('-q, --quiet', 'print only the value, and errors on standard error').conflicts('verbose'),
    )
    .option('--verbose', "print all lines of the log as they are, also CodeBuild's own");
}
