import { UsageError } from '../exit-code.js';
import { readStandardInput, readTextFile } from '../read-text.js';
import type { Terminal } from '../terminal.js';
import { findRoundedInteger } from './exact-integers.js';

/** Reads JSON values: from the command line itself, from a file for `@FILE`, or from standard input for `-`. */
export interface JsonReader {
  /**
   * Reads one value.
   *
   * @param subject name of the value in errors, such as `Argument 1`
   * @throws UsageError if the value is not JSON or cannot be read
   */
  read(text: string, subject: string): Promise<unknown>;
}

/** Creates a reader for one command. Standard input can be read only once. */
export function createJsonReader(terminal: Terminal): JsonReader {
  let inputName: string | undefined;
  return {
    async read(text, subject) {
      if (text === '-') {
        if (inputName !== undefined)
          throw new UsageError(
            `${subject} cannot be standard input, because ${inputName} is. Use @FILE for one of them.`,
          );
        inputName = subject;
        const hint = `${subject} is -, but standard input is a terminal. Redirect a file, as in \`codeseeder run ... - < FILE\`.`;
        return parseJsonText(
          await readStandardInput(terminal, subject, hint),
          `${subject} on standard input`,
        );
      }
      if (!text.startsWith('@')) return parseWritten(text, subject);
      const hint = ` A string that starts with @ needs quotes: '"@..."'`;
      const content = await readTextFile(text.slice(1), terminal, `${subject}, ${text},`, hint);
      return parseJsonText(content, `${subject} in ${text.slice(1)}`);
    },
  };
}

/** Reads the arguments of a function. @throws UsageError */
export async function readArguments(texts: readonly string[], reader: JsonReader): Promise<unknown[]> {
  const args: unknown[] = [];
  for (const [index, text] of texts.entries()) args.push(await reader.read(text, `Argument ${index + 1}`));
  return args;
}

/** Parses the text of a file. @throws UsageError */
export function parseJsonText(text: string, subject: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    refuseRounded(text, subject);
    return value;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${subject} is not JSON: ${String(cause)}`, { cause });
  }
}

function refuseRounded(text: string, subject: string): void {
  const integer = findRoundedInteger(text);
  if (integer === undefined) return;
  throw new UsageError(
    `${subject} has the integer ${integer}, which JavaScript rounds to ${Number(integer)}. Pass it as a string: "${integer}".`,
  );
}

function parseWritten(text: string, subject: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    refuseRounded(text, subject);
    return value;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const advice = /^\s*[[{]/.test(text)
      ? `Names and strings in it need double quotes: '{"width": 3}', '["dev"]'`
      : `A string needs quotes: '${JSON.stringify(text)}'`;
    throw new UsageError(`${subject} is not JSON: ${text}. ${advice}`, { cause });
  }
}
