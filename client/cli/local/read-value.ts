import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';

/**
 * Reads a value from a file, else from standard input: a command line can be read by every process of the machine.
 * One line break at the end is not part of the value, as `echo` and editors add it.
 *
 * @throws UsageError when there is no value
 */
export async function readValue(file: string | undefined, terminal: Terminal): Promise<string> {
  const text = file === undefined ? await readInput(terminal) : await readValueFile(file, terminal);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new UsageError('The value is empty.');
  return value;
}

async function readInput({ stdin, interrupted }: Terminal): Promise<string> {
  if (stdin.isTTY === true) {
    throw new UsageError(
      'Give the value on standard input, as in `codeseeder ... < FILE`, or name a file by --value-file FILE.',
    );
  }
  const stop = () => stdin.destroy(interrupted.reason as Error);
  interrupted.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  interrupted.removeEventListener('abort', stop);
  return decoded(Buffer.concat(chunks));
}

async function readValueFile(file: string, { workingFolder }: Terminal): Promise<string> {
  const content = await readFile(path.resolve(workingFolder, file)).catch((cause: unknown) => {
    throw new UsageError(`--value-file ${file} cannot be read: ${String(cause)}`, { cause });
  });
  return decoded(content);
}

function decoded(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new UsageError('The value is not text in UTF-8.', { cause });
  }
}
