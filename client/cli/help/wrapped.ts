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
  /`[^`\n]*`|(?:eval )?"\$\([^"\n]*\)"|(?<=: )(?:codeseeder|npx|npm|pnpm|aws|eval) .*?(?=\.? [A-Z][a-z]|$)/g;

/** Stands for a space at which a text is not broken. Texts have no such character, because it cannot be printed. */
const UNBROKEN = '\u0000';

/** Breaks a text at spaces into lines, but no command, so that it can be copied. */
export function wrappedAroundCommands(
  text: string,
  firstWidth: number,
  width: number = firstWidth,
): string[] {
  const kept = text.replaceAll(COMMANDS, (command) => command.replaceAll(' ', UNBROKEN));
  return wrapped(kept, firstWidth, width).map((line) => line.replaceAll(UNBROKEN, ' '));
}

/**
 * Breaks each line of a text at spaces. A command is not broken, so that it can be copied. What follows the first part
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

/** A word of a shell: characters without spaces, escaped characters, and quoted texts. */
const SHELL_WORD = /(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g;

/** Breaks a line for a shell between words, so that it can still be copied as a whole. */
export function wrappedCommand(command: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of command.match(SHELL_WORD) ?? []) {
    const longer = line === '' ? word : `${line} ${word}`;
    const indent = lines.length === 0 ? 0 : 2;
    // A broken line ends with a space and a backslash.
    if (line !== '' && longer.length + indent > width - 2) {
      lines.push(`${' '.repeat(indent)}${line} \\`);
      line = word;
    } else line = longer;
  }
  return [...lines, `${lines.length === 0 ? '' : '  '}${line}`];
}
