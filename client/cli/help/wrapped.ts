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

/** A word of a shell: characters without spaces, and quoted texts. */
const SHELL_WORD = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g;

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
