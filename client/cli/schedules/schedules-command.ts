import { Argument, type Command, InvalidArgumentError } from 'commander';

import { withNotes } from '../help/command-help.js';
import { type ListFlags, withListFlags } from '../list-output.js';
import { collectPair } from '../run/collect.js';
import { type SeedkitOption, withSeedkitOptions } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import type { AddFlags } from './add-schedule.js';
import type { SchedulesFlags } from './show-schedules.js';
import { valueOfKind } from '../value-kinds.js';

const ADD_HELP = [
  'cron(...) has six fields: minutes, hours, day of month, month, day of week, year. One of the two days is ?.',
  'The alias or newest version is looked up at each time. A schedule is deleted after its last time.',
];

const collectLabel = (text: string, labels?: Readonly<Record<string, string>>) =>
  collectPair('--label', text, labels);

/** Adds `codeseeder schedules add`, `list`, `show`, `pause`, `resume` and `remove`. */
export function addSchedulesCommand(program: Command, terminal: Terminal): void {
  const schedules = program
    .command('schedules')
    .description('start published targets by schedules: add, list, pause or remove them');
  addAdd(schedules, terminal);
  const list = withSeedkitOptions(schedules.command('list')).description(
    'list the schedules, when each starts its next run, and what they start',
  );
  withListFlags(list, 'schedules', 'names').action(async (flags: SeedkitOption & ListFlags) => {
    const { listSchedules } = await import('./show-schedules.js');
    await unlessAborted(listSchedules(flags, terminal), terminal.interrupted);
  });
  withSeedkitOptions(schedules.command('show'))
    .description('show a schedule with its arguments, its next and its last run')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, flags: SchedulesFlags) => {
      const { showSchedule } = await import('./show-schedules.js');
      await unlessAborted(showSchedule(name, flags, terminal), terminal.interrupted);
    });
  addChange(schedules, terminal, 'pause', 'let a schedule start no runs until it is resumed');
  addChange(
    schedules,
    terminal,
    'resume',
    'let a paused schedule start runs again, without those whose times have passed',
  );
  addChange(schedules, terminal, 'remove', 'remove a schedule; runs that have started go on');
}

function addAdd(schedules: Command, terminal: Terminal): void {
  withNotes(withSeedkitOptions(schedules.command('add')), ...ADD_HELP)
    .description('add a schedule that starts a published target')
    .argument('<name>', 'name of the schedule, with which the ids of its runs start')
    .argument('<target>', 'NAME for the newest version at each time, NAME@VERSION or NAME@ALIAS')
    .argument('<expression>', 'at(yyyy-mm-ddThh:mm:ss), rate(15 minutes) or cron(0 2 * * ? *)')
    .addArgument(
      valueOfKind(
        'json',
        new Argument(
          '[args...]',
          'arguments of each run, each as JSON, @FILE with JSON, or - for standard input',
        ),
      ),
    )
    .option('--time-zone <zone>', 'time zone of the expression, such as Europe/Berlin (default: UTC)')
    .option('--kwargs <json>', "Python: the function's keyword arguments, one JSON object")
    .option('--run-name <name>', 'name of each run, which lists show in place of the target')
    .option('-l, --label <name=value>', 'label of each run (repeatable)', collectLabel)
    .option('--start-at <time>', 'first time of a run, such as 2026-12-01T00:00Z')
    .option('--end-at <time>', 'time after which no run starts')
    .option('--flexible <minutes>', 'minutes after each time within which the run starts', wholeNumber)
    .option(
      '--max-retries <count>',
      'repetitions of a call of the seedkit that fails (default: 185)',
      wholeNumber,
    )
    .option('--max-age <minutes>', 'minutes for which a failed call is repeated (default: 1440)', wholeNumber)
    .option('--description <text>', 'what the schedule is for')
    .option('--paused', 'start no runs until the schedule is resumed')
    .option('--replace', 'replace a schedule of this name')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, target: string, expression: string, args: string[], flags: AddFlags) => {
      const { addSchedule } = await import('./add-schedule.js');
      await addSchedule({ name, target, expression, args }, flags, terminal);
    });
}

function addChange(
  schedules: Command,
  terminal: Terminal,
  change: 'pause' | 'resume' | 'remove',
  description: string,
): void {
  withSeedkitOptions(schedules.command(change))
    .description(description)
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print the schedule as JSON')
    .action(async (name: string, flags: SchedulesFlags) => {
      const { changeSchedule } = await import('./show-schedules.js');
      await unlessAborted(changeSchedule(change, name, flags, terminal), terminal.interrupted);
    });
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, such as 15.');
}
