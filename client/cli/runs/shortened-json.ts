import { asCalled } from '../../how-called.js';
import { fittedLines } from '../print-problem.js';
import { fittedTo } from '../text-columns.js';
import { layoutOf } from '../table.js';
import type { Terminal } from '../terminal.js';

/** Columns of a JSON text that are shown in one line. */
export const JSON_LINE_MAX = 400;
/** Lines of a value that are shown. */
const LINES_MAX = 20;

/** Returns JSON in one line. A long text is cut, and ends with its size and the command that prints all of it. */
export function shortJson(value: unknown, runId: string, terminal: Terminal): string {
  const text = JSON.stringify(value);
  if (text.length <= JSON_LINE_MAX) return text;
  const command = asCalled(`codeseeder runs show ${runId} --json`, terminal);
  return `${fittedTo(JSON_LINE_MAX, text)} (${text.length} characters; all: ${command})`;
}

/** Returns the lines of a run's value as JSON: the first ones of a long value, and the command that prints all. */
export function valueLines(value: unknown, runId: string, terminal: Terminal): string[] {
  const whole = JSON.stringify(value, undefined, 2).split('\n');
  const width = Math.min(layoutOf(terminal).columns ?? JSON_LINE_MAX, JSON_LINE_MAX);
  const shown = whole.slice(0, LINES_MAX).map((line) => fittedTo(width, line));
  const isWhole = whole.length <= LINES_MAX && shown.every((line, index) => line === whole[index]);
  return isWhole
    ? whole
    : [
        ...shown,
        ...fittedLines(
          terminal.stdout,
          terminal.program,
          `The value is shortened. All of it: codeseeder runs wait ${runId} --quiet`,
        ),
      ];
}
