import type { TargetSchedule } from '../../schedule-types.js';
import { openSeedkit } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { formatTable, layoutOf } from '../table.js';
import { printLine, printResult, type Terminal, wantsColour } from '../terminal.js';

/** Flags of `codeseeder schedules`. */
export interface SchedulesFlags extends SeedkitOption {
  readonly json?: boolean | undefined;
}

const HEAD = ['SCHEDULE', 'STATE', 'TIMES', 'TARGET'];

/** Prints the schedules. */
export async function listSchedules(flags: SchedulesFlags, terminal: Terminal): Promise<void> {
  const schedules = await openSeedkit(flags).schedules.list();
  const rows = schedules.map((schedule) => [
    schedule.name,
    schedule.state,
    timesOf(schedule),
    schedule.target ?? 'not made by codeseeder',
  ]);
  printResult<'schedules list'>(terminal, flags.json === true, schedules, () =>
    formatTable(HEAD, rows, layoutOf(terminal)),
  );
}

/** Shows, pauses, resumes or removes a schedule, and prints it. */
export async function changeSchedule(
  change: 'show' | 'pause' | 'resume' | 'remove',
  name: string,
  flags: SchedulesFlags,
  terminal: Terminal,
): Promise<void> {
  const schedule = await openSeedkit(flags).schedules[change](name);
  if (change === 'remove')
    printLine(terminal.stderr, `Removed the schedule ${schedule.name}. Runs that it started go on.`);
  printSchedule(schedule, flags, terminal);
}

/** Prints a schedule. */
export function printSchedule(schedule: TargetSchedule, flags: SchedulesFlags, terminal: Terminal): void {
  printResult<'schedules show'>(terminal, flags.json === true, schedule, () =>
    formatTable(['SCHEDULE', schedule.name], linesOf(schedule), { colour: wantsColour(terminal) }),
  );
}

function linesOf(schedule: TargetSchedule): string[][] {
  const { args, kwargs, labels, flexibleMinutes } = schedule;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['state', schedule.state],
    ['target', schedule.target ?? 'not made by codeseeder'],
    ['times', timesOf(schedule)],
    ['from', schedule.startAt],
    ['until', schedule.endAt],
    ['within', flexibleMinutes === undefined ? undefined : `${flexibleMinutes} minutes`],
    ['args', args && JSON.stringify(args)],
    ['kwargs', kwargs && JSON.stringify(kwargs)],
    ['run name', schedule.runName],
    [
      'labels',
      labels &&
        Object.entries(labels)
          .map((pair) => pair.join('='))
          .join(', '),
    ],
    ['for', schedule.description],
    ['added', schedule.createdAt],
  ];
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function timesOf({ expression, timeZone }: TargetSchedule): string {
  return timeZone === 'UTC' ? expression : `${expression} ${timeZone}`;
}
