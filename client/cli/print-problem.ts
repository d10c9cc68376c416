import { wrappedProse } from './help/wrapped.js';
import { asCalled } from '../how-called.js';
import { printLine, type Terminal } from './terminal.js';

type Output = Pick<Terminal['stderr'], 'isTTY' | 'columns'>;

/** Columns below which a text is not wrapped further, because its lines would have one word each. */
const NARROWEST = 24;

/**
 * Prints a text for people, such as one about a problem or a hint, on standard error. A terminal gets lines that fit
 * its width, and commands start as users start them.
 */
export function printProblem(terminal: Pick<Terminal, 'stderr' | 'program'>, text: string): void {
  const { stderr, program } = terminal;
  for (const line of fittedLines(stderr, program, text)) printLine(stderr, line);
}

/**
 * Returns a text in lines that fit a terminal, and as it is for other output. Commands start as users start them.
 * @param stream the output that gets the lines
 */
export function fittedLines(stream: Output, program: string, text: string): string[] {
  return wrappedProse(asCalled(text, { program }), widthOf(stream));
}

/** Returns the columns that the lines of a text fit: those of a terminal, and any number for other output. */
export function widthOf({ isTTY, columns }: Output): number {
  return isTTY === true && columns ? Math.max(columns, NARROWEST) : Infinity;
}
