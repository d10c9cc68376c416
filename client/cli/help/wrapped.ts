/** Breaks a text at spaces into lines. A longer word has a line of its own, so that it can be copied. */
export function wrapped(text: string, firstWidth: number, width: number = firstWidth): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const limit = lines.length === 0 ? firstWidth : width;
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Commands in a text: in backticks, as a substitution of a shell, or after a colon up to the next sentence. */
const COMMANDS =
  /`[^`\n]*`|(?:eval )?"\$\([^"\n]*\)"|(?<=: )(?:codeseeder|npx|npm|pnpm|aws|eval) .*?(?=\.? [A-Z][a-z]|\. `|$)/g;

/** Stands for a space at which a text is not broken. Texts have no such character, because it cannot be printed. */
const UNBROKEN = '\u0000';

/** Matches a command of a shell, unlike other text in backticks. */
const IN_SHELL = /^`?(?:codeseeder|npx|npm|pnpm|aws|eval) /;

/**
 * Breaks a text at spaces into lines. A command has a line of its own if it does not fit the rest of one. A command
 * that is longer than a line is broken as by {@link wrappedCommand}.
 */
export function wrappedAroundCommands(
  text: string,
  firstWidth: number,
  width: number = firstWidth,
): string[] {
  const kept = text.replaceAll(COMMANDS, (command) => command.replaceAll(' ', UNBROKEN));
  return wrapped(kept, firstWidth, width).flatMap((line, index) => {
    const shown = line.replaceAll(UNBROKEN, ' ');
    return IN_SHELL.test(shown) ? wrappedCommand(shown, index === 0 ? firstWidth : width) : [shown];
  });
}

/**
 * Breaks each line of a text at spaces, and commands as {@link wrappedAroundCommands} does. What follows the first part
 * of a line has the indentation of that line.
 */
export function wrappedProse(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const [marker = ''] = /^\s*(?:- )?/.exec(line) ?? [];
    const indent = ' '.repeat(marker.length);
    const lines = wrappedAroundCommands(line.slice(marker.length), width - marker.length);
    return lines.map((one, at) => `${at === 0 ? marker : indent}${one}`);
  });
}

/**
 * A word of a shell: characters without spaces, escaped characters, and quoted texts. A substitution in quotes, such as
 * `"$(codeseeder local env my-kit)"`, has several words.
 */
const SHELL_WORD = /(?:"\$\(|\)"|'[^']*'|"[^"]*"|\\.|\S)+/g;

/** The word of a shell between the commands of a pipeline. If a line is too short for all, each has its own lines. */
const PIPE = '|';

/** Columns that a broken line of a command has besides its words: its indentation, and a space and a backslash. */
const AROUND_WORDS = 4;

/**
 * Breaks a command of a shell that is longer than a line at spaces outside of quotes, and not between an option and
 * its value if both fit into a line. Each line but the last ends with a backslash or a pipe, so that the lines can be
 * copied together.
 */
export function wrappedCommand(command: string, width: number): string[] {
  if (command.length <= width) return [command];
  const lines: string[] = [];
  let line = '';
  for (const part of partsOf(command, width - AROUND_WORDS)) {
    const longer = line === '' ? part : `${line} ${part}`;
    const indent = lines.length === 0 ? 0 : 2;
    // A broken line ends with a space and a backslash, or a pipe.
    if (part === PIPE) {
      lines.push(longer);
      line = '';
    } else if (line !== '' && longer.length + indent > width - 2) {
      lines.push(`${line} \\`);
      line = part;
    } else line = longer;
  }
  const [first = '', ...rest] = [...lines, line];
  // A word such as a run's id that fits a line only without the indentation stays in one piece.
  const isTight = rest.some((one) => one.length <= width && one.length + 2 > width);
  return [first, ...rest.map((one) => (isTight ? one : `  ${one}`))];
}

/** Returns the parts of a command between which it can be broken: words, pipes, and options with their values. */
function partsOf(command: string, width: number): string[] {
  const parts: string[] = [];
  for (const word of command.match(SHELL_WORD) ?? []) {
    const last = parts.at(-1) ?? '';
    const isValue = /^--?\w[\w-]*$/.test(last) && !word.startsWith('-') && word !== PIPE;
    if (isValue && last.length + 1 + word.length <= width) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts;
}
