import type { SourceExcerpt } from '../../../lib/contract/index.js';
import { columnsOf } from './text-columns.js';

/** Returns the lines of code around the place where an error was thrown, with a caret below its column. */
export function drawSource({ line, column, firstLine, lines }: SourceExcerpt): string[] {
  const digits = String(firstLine + lines.length - 1).length;
  return lines.flatMap((text, index) => {
    const number = firstLine + index;
    const row = `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | ${text}`;
    if (number !== line || column === undefined || column > text.length) return [row];
    return [row, `  ${' '.repeat(digits)} | ${caretBelow(text, column)}`];
  });
}

/** Returns a caret below a column. Tabs are kept, so that the caret moves with them. */
function caretBelow(text: string, column: number): string {
  const blank = text
    .slice(0, column - 1)
    .split('\t')
    .map((part) => ' '.repeat(columnsOf(part)))
    .join('\t');
  return `${blank}^`;
}
