import type { RemoteErrorDetail } from '../../../../lib/contract/index.js';
import { isRunnerFrame } from '../../../line-owners.js';

/** Matches frames of Node.js itself, which have no place in the user's code. */
const OF_NODE = /node:internal/;

const NODE_FRAME = /^\s+at (?:.* \()?([^()]+:\d+:\d+)\)?$/;
const PYTHON_FRAME = /^\s*File "([^"]+)", line (\d+)/;

/**
 * Returns the place where an error was thrown, as `FILE:LINE:COLUMN`, or `FILE:LINE` for Python, whose tracebacks end
 * with it.
 */
export function topFrame(stack: string): string | undefined {
  const lines = withoutRunner(stack)
    .split('\n')
    .filter((line) => !OF_NODE.test(line));
  const node = lines.flatMap((line) => NODE_FRAME.exec(line)?.[1] ?? []);
  const python = lines.flatMap((line) => {
    const [, file, number] = PYTHON_FRAME.exec(line) ?? [];
    return file === undefined ? [] : [`${file}:${number}`];
  });
  return node[0] ?? python.at(-1);
}

/** Returns a stack without the frames of codeseeder's runner, as `codeseeder run` prints it. */
export function withoutRunner(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !isRunnerFrame(line))
    .join('\n');
}

/** Divides a line of code at the word that starts at a column, counted from 1. Without a column, there is no word. */
export function wordAt(
  text: string,
  column: number | undefined,
): { readonly before: string; readonly word: string; readonly behind: string } {
  const start = column === undefined ? text.length : column - 1;
  const [word = ''] = /^(?:[\w$]+|.)/u.exec(text.slice(start)) ?? [];
  return { before: text.slice(0, start), word, behind: text.slice(start + word.length) };
}

/** Returns the place of an error in the user's own code, as `FILE:LINE:COLUMN`, or `FILE:LINE` without a column. */
export function placeOf({ file, line, column }: NonNullable<RemoteErrorDetail['source']>): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}
