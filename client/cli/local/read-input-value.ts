import { UsageError } from '../exit-code.js';
import { CHECK_PATH, readStandardInput, readTextFile } from '../read-text.js';
import type { Terminal } from '../terminal.js';

const HINT =
  'There is no value: standard input is a terminal. Redirect a file, as in `codeseeder ... < FILE`, or give --value-file FILE.';

/**
 * Reads a value from a file or from standard input, not from the command line, which other processes can read. One line
 * break at the end is removed, because `echo` and editors add it.
 *
 * @throws UsageError if there is no value
 */
export async function readInputValue(file: string | undefined, terminal: Terminal): Promise<string> {
  const text =
    file === undefined
      ? await readStandardInput(terminal, 'The value', HINT)
      : await readTextFile(file, terminal, `--value-file ${file}`, CHECK_PATH);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') {
    const source = file ?? 'standard input';
    throw new UsageError(`The value read from ${source} is empty. Give a file or an input that has a value.`);
  }
  return value;
}
