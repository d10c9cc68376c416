import { timeOf } from '../../list/time-of.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit } from '../open-seedkit.js';
import { createJsonReader, readArguments } from '../run/json-reader.js';
import { quoteWord } from '../quote-word.js';
import { unlessAborted } from '../signals.js';
import type { Terminal } from '../terminal.js';
import { refuseSplit } from './refuse-split.js';
import { firstRunRow } from './run-times.js';
import { printSchedule, type SchedulesFlags } from './show-schedules.js';

/** Flags of `codeseeder schedules add`. */
export interface AddFlags extends SchedulesFlags {
  readonly timeZone?: string | undefined;
  readonly kwargs?: string | undefined;
  readonly runName?: string | undefined;
  readonly label?: Readonly<Record<string, string>> | undefined;
  readonly startAt?: string | undefined;
  readonly endAt?: string | undefined;
  readonly flexible?: number | undefined;
  readonly maxRetries?: number | undefined;
  readonly maxAge?: number | undefined;
  readonly description?: string | undefined;
  readonly paused?: boolean | undefined;
  readonly replace?: boolean | undefined;
}

/** Operands of `codeseeder schedules add`. */
export interface AddOperands {
  readonly name: string;
  readonly target: string;
  readonly expression: string;
  readonly args: readonly string[];
}

/** Adds a schedule, and prints it with its next run. */
export async function addSchedule(
  { name, target, expression, args: texts }: AddOperands,
  flags: AddFlags,
  terminal: Terminal,
): Promise<void> {
  if (/[#:]/.test(target))
    throw new UsageError(
      `A schedule starts a published target by its name, not ${JSON.stringify(target)}. Publish that first: codeseeder publish NAME ${quoteWord(target)}`,
    );
  refuseSplit(expression, texts);
  const reader = createJsonReader(terminal);
  const args = await unlessAborted(readArguments(texts, reader), terminal.interrupted);
  const kwargs = flags.kwargs === undefined ? undefined : await reader.read(flags.kwargs, '--kwargs');
  if (kwargs !== undefined && (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs))) {
    throw new UsageError(`--kwargs is not a JSON object: ${String(flags.kwargs)}`);
  }
  const added = openSeedkit(flags).schedules.add(name, {
    target,
    expression,
    args,
    kwargs: kwargs as Record<string, unknown> | undefined,
    timeZone: flags.timeZone,
    runName: flags.runName,
    labels: flags.label,
    startAt: dateOf('--start-at', flags.startAt),
    endAt: dateOf('--end-at', flags.endAt),
    flexibleMinutes: flags.flexible,
    maxRetries: flags.maxRetries,
    maxAgeMinutes: flags.maxAge,
    description: flags.description,
    paused: flags.paused,
    replace: flags.replace,
  });
  const schedule = await unlessAborted(added, terminal.interrupted);
  printSchedule(schedule, flags, terminal, { times: [await firstRunRow(schedule, Date.now())] });
}

function dateOf(flag: string, text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(timeOf(flag, text, Date.now()));
}
