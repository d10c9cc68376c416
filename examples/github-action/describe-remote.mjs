// Describes a remote error for the summary of a job.

/** Frames of codeseeder's runner and of its package in a build, which called the target. */
const RUNNER_FRAME = /^\s+at .*(?:\.codeseeder\/runner|\/codeseeder\/dist\/client\/in-build\/)/;

/**
 * Returns the stack of an error without the frames of codeseeder's runner, the lines of code where it was thrown, and
 * the errors that caused it.
 *
 * @param {{ name: string, message: string, stack?: string, source?: object, cause?: object }} remote
 * @returns {string}
 */
export function describeRemote({ name, message, stack = `${name}: ${message}`, source, cause }) {
  const own = stack.split('\n').filter((line) => !RUNNER_FRAME.test(line));
  // A traceback of Python has its code itself.
  const excerpt = source === undefined || stack.startsWith('Traceback') ? [] : ['', ...excerptOf(source)];
  const caused = cause === undefined ? [] : ['', `Caused by: ${describeRemote(cause)}`];
  return [...own, ...excerpt, ...caused].join('\n');
}

/** Returns lines of code with their numbers. The line of the error is marked, and has a caret below its column. */
function excerptOf({ line, column, firstLine, lines }) {
  const digits = String(firstLine + lines.length - 1).length;
  return lines.flatMap((text, index) => {
    const number = firstLine + index;
    const shown = `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | ${text}`;
    if (number !== line || column === undefined || column > text.length) return [shown];
    return [shown, `  ${' '.repeat(digits)} | ${blankOf(text.slice(0, column - 1))}^`];
  });
}

/** Scripts whose characters have the width of two in a font of one width. */
const WIDE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}]/v;

/** Returns spaces of the width of a text. Tabs are kept, so that what follows moves with them. */
function blankOf(text) {
  return Array.from(text, (character) =>
    character === '\t' ? '\t' : WIDE.test(character) ? '  ' : ' ',
  ).join('');
}
