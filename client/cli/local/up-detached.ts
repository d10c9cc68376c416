import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { UsageError } from '../exit-code.js';
import type { LocalAwsUp } from '../output-types.js';
import { unlessAborted } from '../signals.js';
import { printProblem } from '../print-problem.js';
import { printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, exportsOf, findLocalAws, type LocalFlags } from './local-flags.js';
import { printEnvironment } from './print-environment.js';

const COMMAND_LINE = fileURLToPath(new URL('../../../bin/codeseeder.js', import.meta.url));

/**
 * Starts a local AWS in a process of its own, and returns when it is up. If it is up already, prints its variables.
 *
 * @param words the flags of the local AWS
 * @throws UsageError with the messages of a local AWS that ended before it was up
 */
export async function upDetached(
  seedkit: string,
  options: LocalFlags,
  words: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if ((await findLocalAws(seedkit, options, terminal)) !== undefined) {
    printProblem(terminal, `The local AWS of ${seedkit} is up already.`);
    return printEnvironment(seedkit, options, terminal);
  }
  const logFile = `${dataFolderOf(seedkit, options, terminal)}.log`;
  printProblem(terminal, `Starting the local AWS. It writes its messages to ${logFile} ...`);
  const child = await startProcess(['local', 'up', seedkit, ...words, '--json'], logFile, terminal);
  try {
    const printed = await unlessAborted(untilUp(child), terminal.interrupted);
    if (printed === undefined) {
      const messages = await readFile(logFile, 'utf8').catch(() => '');
      throw new UsageError(`The local AWS of ${seedkit} ended before it was up:\n${messages.trimEnd()}`);
    }
    const result = JSON.parse(printed) as LocalAwsUp;
    printResult<'local up'>(terminal, options.json === true, result, () =>
      exportsOf(result.environment, terminal.environment),
    );
    const data = options.data === undefined ? '' : ` --data ${options.data}`;
    printProblem(
      terminal,
      `The local AWS is up at ${result.endpoint}. To stop it: codeseeder local down ${seedkit}${data}`,
    );
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  }
  child.unref();
}

async function startProcess(
  args: readonly string[],
  logFile: string,
  { environment, workingFolder }: Terminal,
): Promise<ChildProcess> {
  await mkdir(path.dirname(logFile), { recursive: true, mode: 0o700 });
  const log = await open(logFile, 'w', 0o600);
  try {
    return spawn(process.execPath, [COMMAND_LINE, ...args], {
      cwd: workingFolder,
      env: environment,
      // A session of its own: Ctrl-C and the end of the terminal do not reach it.
      detached: true,
      stdio: ['ignore', 'pipe', log.fd],
    });
  } finally {
    await log.close();
  }
}

/** Reads what `local up --json` prints when it is up. @returns undefined if it ended before */
async function untilUp({ stdout }: ChildProcess): Promise<string | undefined> {
  if (stdout === null) return undefined;
  let printed = '';
  stdout.setEncoding('utf8');
  // The loop closes the stream when it ends.
  for await (const text of stdout) {
    printed += String(text);
    if (printed.endsWith('\n}\n')) return printed;
  }
  return undefined;
}
