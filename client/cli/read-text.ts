import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from './exit-code.js';
import type { Terminal } from './terminal.js';

/**
 * Reads standard input to its end.
 *
 * @param subject name of the text in errors, such as `The value`
 * @param hint message of the error if standard input is a terminal
 * @throws UsageError if standard input is a terminal or not UTF-8
 */
export async function readStandardInput(
  { stdin, interrupted }: Terminal,
  subject: string,
  hint: string,
): Promise<string> {
  if (stdin.isTTY === true) throw new UsageError(hint);
  const stop = () => stdin.destroy(interrupted.reason as Error);
  interrupted.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  interrupted.removeEventListener('abort', stop);
  return decodeText(Buffer.concat(chunks), subject);
}

/** Hint in errors about a file that a flag names. */
export const CHECK_PATH = ' Check its path, which is relative to the working folder.';

/**
 * Reads a text file. Its path is relative to the working folder.
 *
 * @param subject name of the text in errors
 * @param hint text after the message if the file cannot be read
 * @throws UsageError if the file cannot be read or is not UTF-8
 */
export async function readTextFile(
  file: string,
  { workingFolder }: Terminal,
  subject: string,
  hint = '',
): Promise<string> {
  const content = await readFile(path.resolve(workingFolder, file)).catch((cause: unknown) => {
    throw new UsageError(`${subject} ${describeFault(cause)}.${hint}`, { cause });
  });
  return decodeText(content, subject);
}

/** Returns what is wrong with a file that cannot be read, without the prefix `Error:`. */
export function describeFault(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'EACCES' || code === 'EPERM') return 'must not be read by this user';
  return `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function decodeText(content: Buffer, subject: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new UsageError(`${subject} is not text in UTF-8. Save it as UTF-8.`, { cause });
  }
}
