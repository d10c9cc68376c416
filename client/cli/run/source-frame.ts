import type { SourceExcerpt } from '../../../lib/contract/index.js';
import { columnsOf, endFittedTo, fittedTo } from '../text-columns.js';

/** Replaces each tab in lines that are cut to a width. */
const TAB = '  ';
/** Minimum number of columns of code that are shown, also on a narrower terminal. */
const CODE_MIN = 20;

/**
 * Returns the lines of code around the place where an error was thrown, with a caret below its column.
 * @param columns columns of the terminal. Longer lines are cut, and the line of the error shows its column.
 */
export function drawSource({ line, column, firstLine, lines }: SourceExcerpt, columns = Infinity): string[] {
  const digits = String(firstLine + lines.length - 1).length;
  const room = Math.max(CODE_MIN, columns - digits - '>  | '.length);
  return lines.flatMap((text, index) => {
    const number = firstLine + index;
    const head = `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | `;
    if (number !== line || column === undefined || column > text.length)
      return [`${head}${cutBehind(text, room)}`];
    const { shown, caret } = cutAround(text, column, room);
    return [`${head}${shown}`, `  ${' '.repeat(digits)} | ${caret}`];
  });
}

function cutBehind(text: string, room: number): string {
  return room === Infinity ? text : fittedTo(room, text.replaceAll('\t', TAB));
}

/** Cuts a line to the part around a column. @returns the part, and a caret below the column */
function cutAround(text: string, column: number, room: number): { shown: string; caret: string } {
  if (room === Infinity) return { shown: text, caret: caretBelow(text.slice(0, column - 1)) };
  const before = text.slice(0, column - 1).replaceAll('\t', TAB);
  const behind = text.slice(column - 1).replaceAll('\t', TAB);
  if (columnsOf(before) + columnsOf(behind) <= room)
    return { shown: before + behind, caret: caretBelow(before) };
  const start = endFittedTo(Math.max(Math.floor(room / 2), room - columnsOf(behind)), before);
  return { shown: start + fittedTo(room - columnsOf(start), behind), caret: caretBelow(start) };
}

/** Returns a caret behind the width of a text. Tabs are kept, so that the caret moves with them. */
function caretBelow(before: string): string {
  const blank = before
    .split('\t')
    .map((part) => ' '.repeat(columnsOf(part)))
    .join('\t');
  return `${blank}^`;
}
