import { styleText } from 'node:util';

import { wrappedProse } from '../help/wrapped.js';
import { formatTable, type TableLayout } from '../table.js';
import { columnsOf } from '../text-columns.js';

/** A name and its value. */
export type NamedValue = readonly [name: string, value: string];

const GAP = 2;

/**
 * Formats values behind their names. On a terminal, a value that is too long for the rest of the line is broken between
 * words; one with a longer word, such as an id, is in the line below its name. Other output has one line for each.
 *
 * @param head the first name and value, which are printed in bold if there is colour
 */
export function namedValueLines(
  head: NamedValue,
  values: readonly NamedValue[],
  { colour, columns }: Pick<TableLayout, 'colour' | 'columns'>,
): string[] {
  if (columns === undefined) return formatTable(head, values, { colour });
  const indent = Math.max(...[head, ...values].map(([name]) => columnsOf(name))) + GAP;
  const bold = (text: string) => (colour ? styleText('bold', text, { validateStream: false }) : text);
  return [head, ...values].flatMap(([name, value], index) => {
    const style = index === 0 ? bold : (text: string) => text;
    const isBelow = isWordLonger(value, columns - indent) && !isWordLonger(value, columns - GAP);
    if (isBelow)
      return [style(name), ...wrappedProse(value, columns - GAP).map((line) => `  ${style(line)}`)];
    const [first = '', ...rest] = wrappedProse(value, columns - indent);
    const before = ' '.repeat(indent - columnsOf(name));
    return [`${style(name)}${before}${style(first)}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
  });
}

function isWordLonger(text: string, width: number): boolean {
  return text.split(' ').some((word) => columnsOf(word) > width);
}
