import { UsageError } from '../exit-code.js';
import { readStandardInput, readTextFile } from '../read-text.js';
import type { Terminal } from '../terminal.js';

const HINT =
  'There is no value: standard input is a terminal. Redirect a file, as in `codeseeder ... < FILE`, or give --value-file FILE.';

/**
 * Reads a value from a file or from standard input, not from the command line, which other processes can read. One line
 * break at the end is removed, because `echo` and editors add it.
 *
 * @throws UsageError if there is no value
 */
export async function readValue(file: string | undefined, terminal: Terminal): Promise<string> {
  const text =
    file === undefined
      ? await readStandardInput(terminal, 'The value', HINT)
      : await readTextFile(file, terminal, `--value-file ${file}`);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new UsageError('The value is empty.');
  return value;
}
