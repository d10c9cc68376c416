/** Maximum number of lines that are shown of the output of a failed command. */
const SHOWN_MAX = 15;

/** Number of lines that are shown of output without errors that are known. */
const LAST_LINES = 10;

/** Matches an error of npm, pip, uv, a compiler or codeseeder, wherever it is in the line. */
const ERROR = /^npm (?:error|ERR!) .|\b\w*error(?: [A-Z]+\d+|\[\w+\])?:|^codeseeder: /i;

/** Matches lines that do not say what is wrong: warnings, npm's blank lines, and where npm writes its own log. */
const NOISE = /^\W*(?:npm )?warn(?:ing)?\b|^npm (?:error|ERR!)(?: \w*\s*$| A complete log of this run)/i;

/** Matches pip's warning that says why no package index answers; its error then says that there is no such version. */
const NO_CONNECTION = /^WARNING: Retrying .*after connection broken by/;

/**
 * Returns the lines of a failed command's output that say why it failed: its errors, else its last lines. Blank lines
 * are left out.
 *
 * @param logCommand command that prints the whole log; undefined if it is not known
 * @param dropped number of lines that are not in the output any more
 */
export function essentialLines(
  output: readonly string[],
  logCommand: string | undefined,
  dropped = 0,
): string[] {
  const written = output.filter((line) => line.trim() !== '');
  const telling = written.filter((line) => !NOISE.test(line));
  const cause = written.findLast((line) => NO_CONNECTION.test(line));
  const found = telling.filter((line) => ERROR.test(line)).slice(-SHOWN_MAX);
  const errors = cause === undefined || found.length === 0 ? found : [cause, ...found];
  const last = (telling.length > 0 ? telling : written).slice(-LAST_LINES);
  const lines = errors.length > 0 ? errors : last;
  const leftOut = written.length - lines.length + dropped;
  if (leftOut === 0) return lines;
  const others = `${leftOut} other ${leftOut === 1 ? 'line' : 'lines'}`;
  return [logCommand === undefined ? `(${others})` : `(${others}: ${logCommand})`, ...lines];
}
