import { styleText } from 'node:util';

import { definedOnly } from '../../../lib/contract/defined-only.js';
import { asCalled } from '../../how-called.js';
import { wrapped, wrappedAroundCommands } from '../help/wrapped.js';
import { printLine, type Terminal, wantsColour } from '../terminal.js';
import type { Check } from '../output-types.js';

/** Widths of a terminal that lines are wrapped for. A result that goes to a file or a pipe is not wrapped. */
const NARROW = 60;
const NARROWEST = 24;

const COLOURS = { ok: 'green', warning: 'yellow', problem: 'red', unknown: 'dim' } as const satisfies Record<
  Check['status'],
  string
>;

/** Width of the column of the status. */
const STATUS_WIDTH = 9;

/** Prints the checks as a list, and how many of them need attention. */
export function printReport(checks: readonly Check[], terminal: Terminal): void {
  const { isTTY, columns } = terminal.stdout;
  const width = isTTY === true && columns ? Math.max(columns, NARROWEST) : Infinity;
  const colour = wantsColour(terminal);
  for (const check of checks)
    for (const line of linesOf(check, width, colour)) printLine(terminal.stdout, line);
  printLine(terminal.stdout);
  for (const line of wrapped(summaryOf(checks), width)) printLine(terminal.stdout, line);
}

/** Returns a check in whose texts commands start as users start them. */
export function asUsersCall(check: Check, terminal: Terminal): Check {
  const { detail, remedy } = check;
  return {
    ...check,
    detail: asCalled(detail, terminal),
    ...definedOnly({ remedy: remedy === undefined ? undefined : asCalled(remedy, terminal) }),
  };
}

/** Returns the lines of a check. Lines after the first are indented, so that the statuses are in a column. */
export function linesOf(check: Check, width: number, colour: boolean): string[] {
  const { status, title, detail, remedy } = check;
  const indent = ' '.repeat(width < NARROW ? 2 : STATUS_WIDTH);
  const shown = colour ? styleText(COLOURS[status], status, { validateStream: false }) : status;
  const first = wrappedAroundCommands(`${title}: ${detail}`, width - STATUS_WIDTH, width - indent.length);
  const label = status === 'unknown' ? 'To find out' : 'Fix';
  const fix = remedy === undefined ? [] : wrappedAroundCommands(`${label}: ${remedy}`, width - indent.length);
  const [start = '', ...rest] = first;
  return [
    `${shown}${' '.repeat(STATUS_WIDTH - status.length)}${start}`,
    // A path that fits the terminal only without the indentation stays in one piece.
    ...[...rest, ...fix].map((line) =>
      line.length <= width && line.length + indent.length > width ? line : `${indent}${line}`,
    ),
  ];
}

function summaryOf(checks: readonly Check[]): string {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const [problems, warnings, unknown] = [count('problem'), count('warning'), count('unknown')];
  const parts = [
    problems === 0 ? 'No problems' : plural(problems, 'problem'),
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
  ];
  return `${parts.join(', ')}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
