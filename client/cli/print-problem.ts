import { wrappedProse } from './help/wrapped.js';
import { asCalled } from './how-called.js';
import { printLine, type Terminal } from './terminal.js';

/** Columns below which a text is not wrapped further, because its lines would have one word each. */
const NARROWEST = 24;

/**
 * Prints a text about a problem, or a hint, on standard error. A terminal gets lines that fit its width, and commands
 * start as users start them.
 */
export function printProblem(terminal: Pick<Terminal, 'stderr' | 'program'>, text: string): void {
  for (const line of problemLines(terminal, text)) printLine(terminal.stderr, line);
}

/** Returns the lines that {@link printProblem} prints. */
export function problemLines(
  { stderr, program }: Pick<Terminal, 'stderr' | 'program'>,
  text: string,
): string[] {
  const width = stderr.isTTY === true && stderr.columns ? Math.max(stderr.columns, NARROWEST) : Infinity;
  return wrappedProse(asCalled(text, { program }), width);
}
