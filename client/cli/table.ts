import { styleText } from 'node:util';

import Table from 'cli-table3';

import { oneLine } from './printable.js';

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Formats a table without borders, for tools such as `grep` and `cut`. Each row is one line. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: boolean,
): string[] {
  const table = new Table({
    // Styles of the library depend on the standard output and `CI` of this process, whatever the terminal is.
    head: colour ? head.map((name) => styleText('bold', name, { validateStream: false })) : [...head],
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map(oneLine)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
