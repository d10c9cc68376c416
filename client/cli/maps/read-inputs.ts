import { open } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { UsageError } from '../exit-code.js';
import { CHECK_PATH, describeFault } from '../read-text.js';
import { quoteWord } from '../quote-word.js';
import type { Terminal } from '../terminal.js';

/** Reads inputs, one JSON value per line, from a file or standard input. Empty lines are skipped. @throws UsageError */
export async function* readInputs(file: string, terminal: Terminal): AsyncGenerator<unknown> {
  const { stdin, workingFolder } = terminal;
  if (file === '-' && stdin.isTTY === true)
    throw new UsageError('The inputs are -, but standard input is a terminal. Redirect a file: ... - < FILE');
  const located = path.resolve(workingFolder, file);
  const input = file === '-' ? stdin : await openInputs(file, located);
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield parseLine(line, number, file);
  }
}

/** Opens a file of inputs. @throws UsageError, also for a folder, which can be opened but not read */
async function openInputs(file: string, located: string): Promise<Readable> {
  try {
    const opened = await open(located);
    if (!(await opened.stat()).isDirectory()) return opened.createReadStream();
    await opened.close();
  } catch (cause) {
    throw new UsageError(`The file of inputs ${file} ${describeFault(cause)}.${CHECK_PATH}`, { cause });
  }
  throw new UsageError(
    `The inputs ${file} are a folder, but \`codeseeder map\` takes a file with one JSON value in each line. For the names of its files: \`ls ${quoteWord(file)} | jq -R . | codeseeder map ... -\``,
  );
}

function parseLine(line: string, number: number, file: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    const hint = `Each line is one input as JSON; a text needs quotes: ${JSON.stringify(line.slice(0, 60))}`;
    throw new UsageError(`Line ${number} of ${file} is not JSON: ${String(cause)}. ${hint}`, { cause });
  }
}
