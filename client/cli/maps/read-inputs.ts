import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { UsageError } from '../exit-code.js';
import { CHECK_PATH, describeFault } from '../read-text.js';
import type { Terminal } from '../terminal.js';

/** Reads inputs, one JSON value per line, from a file or standard input. Empty lines are skipped. @throws UsageError */
export async function* readInputs(file: string, terminal: Terminal): AsyncGenerator<unknown> {
  const { stdin, workingFolder } = terminal;
  if (file === '-' && stdin.isTTY === true)
    throw new UsageError('The inputs are -, but standard input is a terminal. Redirect a file: ... - < FILE');
  const located = path.resolve(workingFolder, file);
  if (file !== '-')
    await access(located).catch((cause: unknown) => {
      throw new UsageError(`The file of inputs ${file} ${describeFault(cause)}.${CHECK_PATH}`, { cause });
    });
  const input = file === '-' ? stdin : createReadStream(located);
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield parseLine(line, number, file);
  }
}

function parseLine(line: string, number: number, file: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    const hint = `Each line is one input as JSON; a text needs quotes: ${JSON.stringify(line.slice(0, 60))}`;
    throw new UsageError(`Line ${number} of ${file} is not JSON: ${String(cause)}. ${hint}`, { cause });
  }
}
