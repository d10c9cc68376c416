import type { TargetSchedule } from '../../schedule-types.js';
import { openSeedkit } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { type ListFlags, printList } from '../list-output.js';
import { formatList } from '../list-table.js';
import { type NextCommand, nextCommands } from '../next-commands.js';
import { oneLine } from '../printable.js';
import { type NamedValue, namedValueLines } from '../runs/named-values.js';
import { layoutOf } from '../table.js';
import { isInteractive, printLine, printResult, type Terminal } from '../terminal.js';
import { describeNext, describeRunTimes, nextRunsOf, runTimesOf } from './run-times.js';

/** Flags of `codeseeder schedules`. */
export interface SchedulesFlags extends SeedkitOption {
  readonly json?: boolean | undefined;
}

const NOTHING = [
  'No schedules of targets. Those of addSchedule() are rules of the stack.',
  "To add one: codeseeder schedules add NAME TARGET 'rate(1 day)'",
].join('\n');

const HEAD = ['SCHEDULE', 'NEXT RUN', 'TIMES', 'TARGET'];

/** Prints the schedules with their next runs. */
export async function listSchedules(flags: SeedkitOption & ListFlags, terminal: Terminal): Promise<void> {
  const kit = openSeedkit(flags);
  const schedules = await kit.schedules.list();
  const nowMs = Date.now();
  // Names need no further requests.
  const next = flags.quiet === true ? [] : await nextRunsOf(schedules, kit, nowMs);
  const shown = { nowMs, isForPeople: terminal.stdout.isTTY === true };
  const rows = schedules.map((schedule, index) => [
    schedule.name,
    describeNext(schedule, next[index], shown),
    timesOf(schedule),
    schedule.target ?? 'not made by codeseeder',
  ]);
  const listed = schedules.map((schedule, index) => ({ ...schedule, nextRunAt: next[index] }));
  printList<'schedules list'>(terminal, flags, listed, {
    nameOf: ({ name }) => name,
    lines: () => formatList(HEAD, rows, terminal, NOTHING),
  });
}

/** Prints a schedule with its last and its next run, and on a terminal how to list its runs. */
export async function showSchedule(name: string, flags: SchedulesFlags, terminal: Terminal): Promise<void> {
  const kit = openSeedkit(flags);
  const schedule = await kit.schedules.show(name);
  const times = await runTimesOf(schedule, kit, Date.now());
  const { problem: _, ...known } = times;
  printResult<'schedules show'>(terminal, flags.json === true, { ...schedule, ...known }, () =>
    scheduleLines(schedule, { times: describeRunTimes(schedule, times, Date.now()) }, terminal),
  );
  printNext([`runs list --schedule ${schedule.name}`, 'its runs'], kit.name, flags, terminal);
}

/** Prints a command that helps next, on a terminal. */
function printNext(next: NextCommand, seedkit: string, flags: SchedulesFlags, terminal: Terminal): void {
  if (flags.json === true || !isInteractive(terminal)) return;
  for (const line of nextCommands([next], seedkit, terminal, flags.selecting))
    printLine(terminal.stderr, line);
}

/** State of a schedule after a change. */
const STATE_AFTER = { pause: 'paused', resume: 'active', remove: undefined } as const;

/**
 * Pauses, resumes or removes a schedule, and prints it; a resumed one with its next and its last run. A schedule that
 * has the state already is not changed.
 */
export async function changeSchedule(
  change: 'pause' | 'resume' | 'remove',
  name: string,
  flags: SchedulesFlags,
  terminal: Terminal,
): Promise<void> {
  const kit = openSeedkit(flags);
  const found = change === 'remove' ? undefined : await kit.schedules.show(name);
  const isUnchanged = found?.state === STATE_AFTER[change];
  const schedule = found !== undefined && isUnchanged ? found : await kit.schedules[change](name);
  if (found !== undefined && isUnchanged)
    printLine(terminal.stderr, `The schedule ${schedule.name} was already ${schedule.state}.`);
  if (change === 'remove')
    printLine(terminal.stderr, `Removed the schedule ${schedule.name}. Runs that it started go on.`);
  const isShown = change === 'resume' && flags.json !== true;
  const times = isShown
    ? describeRunTimes(schedule, await runTimesOf(schedule, kit, Date.now()), Date.now())
    : [];
  printSchedule(schedule, flags, terminal, { times, isRemoved: change === 'remove' });
  if (change === 'pause')
    printNext([`schedules resume ${schedule.name}`, 'starts runs again'], kit.name, flags, terminal);
}

/** What a schedule is printed with. */
interface ShownWith {
  /** Rows about its runs. @default none */
  readonly times?: readonly Row[];
  /** Whether the schedule exists no more, and so has no state. @default false */
  readonly isRemoved?: boolean;
}

/** A name and its text; a row without a text is left out. */
type Row = readonly [name: string, text: string | undefined];

/** Prints a schedule. */
export function printSchedule(
  schedule: TargetSchedule,
  flags: SchedulesFlags,
  terminal: Terminal,
  shownWith: ShownWith = {},
): void {
  printResult<'schedules add'>(terminal, flags.json === true, schedule, () =>
    scheduleLines(schedule, shownWith, terminal),
  );
}

function scheduleLines(schedule: TargetSchedule, shownWith: ShownWith, terminal: Terminal): string[] {
  const rows = rowsOf(schedule, shownWith);
  return namedValueLines(['SCHEDULE', schedule.name], rows, layoutOf(terminal));
}

function rowsOf(schedule: TargetSchedule, { times = [], isRemoved = false }: ShownWith): NamedValue[] {
  const { args, kwargs, labels, flexibleMinutes } = schedule;
  const lines: readonly Row[] = [
    ['state', isRemoved ? undefined : schedule.state],
    ['target', schedule.target ?? 'not made by codeseeder'],
    ['times', timesOf(schedule)],
    ...times,
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
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, oneLine(value)] as const]));
}

function timesOf({ expression, timeZone }: TargetSchedule): string {
  return timeZone === 'UTC' ? expression : `${expression} ${timeZone}`;
}
