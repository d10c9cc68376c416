import { UsageError } from '../exit-code.js';
import { readStandardInput, readTextFile } from '../read-text.js';
import type { Terminal } from '../terminal.js';

const HINT =
  'Give the value on standard input, as in `codeseeder ... < FILE`, or name a file by --value-file FILE.';

/**
 * Reads a value from a file, else from standard input: a command line can be read by every process of the machine.
 * One line break at the end is not part of the value, as `echo` and editors add it.
 *
 * @throws UsageError when there is no value
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
