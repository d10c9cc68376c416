import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  BUILD_VARIABLES,
  parseJson,
  parseRunResult,
  RESULT_FILE,
  type Invocation,
} from '../../../lib/contract/index.js';
import { printLine, type Terminal } from '../terminal.js';
import { programOf, type Program } from './program-of.js';

/**
 * The result of an invocation. Commands have no value. A failed function has no message, because its runner prints it.
 */
export type Executed =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly message?: string };

/** Folder of a build's output, in the folder of the bundle. */
const OUTPUT_FOLDER = 'codeseeder-output';

/**
 * Runs an invocation in the working folder, with the program that a build uses for it.
 *
 * @param file path of the invocation
 * @throws UsageError if the folder does not have the program
 */
export async function executeInvocation(
  invocation: Invocation,
  file: string,
  terminal: Terminal,
  debug: boolean,
): Promise<Executed> {
  const program = await programOf(invocation, terminal.workingFolder);
  if (debug) printLine(terminal.stderr, `${program.command} ${program.args.join(' ')}`);
  // A separate folder, because inside a build `codeseeder-output` gets the result of the run itself.
  const outputFolder = await mkdtemp(path.join(tmpdir(), 'codeseeder-execute-'));
  try {
    const exitCode = await run(program, terminal, {
      [BUILD_VARIABLES.invocationFile]: file,
      [BUILD_VARIABLES.outputDir]: outputFolder,
    });
    const result = await readFile(path.join(outputFolder, RESULT_FILE), 'utf8').catch(() => undefined);
    await keepOutput(outputFolder, terminal);
    if (invocation.kind === 'commands') {
      return exitCode === 0 ? { ok: true } : { ok: false, message: `A command ${describeEnd(exitCode)}.` };
    }
    if (result === undefined) {
      return {
        ok: false,
        message: `The program ${describeEnd(exitCode)} and wrote no result. It may have been killed, for example for lack of memory.`,
      };
    }
    const parsed = parseRunResult(parseJson(result, 'result'));
    return parsed.ok ? { ok: true, value: parsed.value } : { ok: false };
  } finally {
    await rm(outputFolder, { recursive: true, force: true });
  }
}

/** Returns how a program ended: with an exit code, or, if that is null, by a signal. */
function describeEnd(exitCode: number | null): string {
  return exitCode === null ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
}

function run(
  { command, args, hasValue }: Program,
  { environment, interrupted, stderr, stdout, workingFolder }: Terminal,
  variables: Readonly<Record<string, string>>,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      cwd: workingFolder,
      env: { ...environment, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: interrupted,
    });
    // Prints the output of a function on standard error, because standard output is for its value.
    child.stdout.pipe(hasValue ? stderr : stdout, { end: false });
    child.stderr.pipe(stderr, { end: false });
    child.on('error', (error) => {
      if (!interrupted.aborted) reject(error);
    });
    child.on('close', resolve);
  });
}

/** Moves the output files to the folder where a build has them. */
async function keepOutput(outputFolder: string, { environment, workingFolder }: Terminal): Promise<void> {
  await rm(path.join(outputFolder, RESULT_FILE), { force: true });
  if ((await readdir(outputFolder)).length === 0) return;
  const kept = environment[BUILD_VARIABLES.outputDir] || path.join(workingFolder, OUTPUT_FOLDER);
  await cp(outputFolder, kept, { recursive: true });
}
