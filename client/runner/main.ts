/**
 * The program inside each bundle: imports the target, calls it with the invocation's arguments and leaves
 * `result.json`, whatever happens. Ends with 0 when the target returned a JSON value, else with 1, so that the
 * build fails too. It ends as soon as the result is written: what the target left open does not keep it.
 * Nothing here can report a kill for want of memory; that is told by the missing result.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BUILD_VARIABLES } from '../../lib/contract/build-variables.js';
import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import type { Invocation } from '../../lib/contract/invocation.js';
import { setRunState, type RunState } from '../../lib/contract/run-state.js';
import { describeError, renderForLog } from './describe-error.js';
import { watchExportedVariables } from './exported-variables.js';
import { loadTarget } from './load-target.js';
import { renderFailure, renderValue, writeResult } from './result-file.js';

const bundleFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const outputFolder = requiredVariable(BUILD_VARIABLES.outputDir);
const exported = watchExportedVariables(process.env);
const state: RunState = { phase: 'importing' };
let isSettled = false;
let isExiting = false;

process.setSourceMapsEnabled(true);
// The outermost frames are what a reader of a remote stack looks for.
Error.stackTraceLimit = 50;
setRunState(state);
process
  .on('uncaughtException', fail)
  .on('unhandledRejection', fail)
  .on('beforeExit', reportEndlessWait)
  .on('exit', reportEarlyExit)
  .on('exit', writeExported);

try {
  const invocation = readInvocation();
  const target = await loadTarget(invocation.target, bundleFolder);
  state.phase = 'running';
  await settle(renderValue(await target(...invocation.args)), 0);
} catch (error) {
  fail(error);
}

function readInvocation(): Invocation & { kind: 'node' } {
  const file = requiredVariable(BUILD_VARIABLES.invocationFile);
  const invocation = JSON.parse(readFileSync(file, 'utf8')) as Invocation;
  if (invocation.kind !== 'node') {
    throw new CodeseederError('InvalidRequest', `This runner runs node invocations, not ${invocation.kind}.`);
  }
  return invocation;
}

function fail(thrown: unknown): void {
  if (isSettled) {
    // What is thrown after the result is of no consequence; by an exit handler of the target's, it stopped the exit.
    if (isExiting) process.exit();
    return;
  }
  const error = describeError(thrown, bundleFolder);
  // The log tells it too, for those who look there.
  process.stderr.write(`${renderForLog(error)}\n`);
  void settle(renderFailure({ ok: false, error }), 1);
}

async function settle(result: string, code: number): Promise<void> {
  isSettled = true;
  try {
    writeResult(outputFolder, result);
  } catch (error) {
    process.stderr.write(`The result cannot be written to ${outputFolder}: ${String(error)}\n`);
    code = 1;
  }
  await exitAfterOutput(code);
}

/** Ends the process once what it printed has left it: a pipe takes a large output only piece by piece. */
async function exitAfterOutput(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(drained));
  process.exit(code);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // Nobody reads any more.
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

/** The target called `process.exit`. */
function reportEarlyExit(code: number): void {
  isExiting = true;
  if (isSettled) return;
  leaveExitError(`The target ended the process with exit code ${code} before it returned.`);
}

/** The target awaits something, and nothing is left to bring it about. */
function reportEndlessWait(): void {
  if (isSettled) return;
  leaveExitError('The target never returned: it awaits something that nothing is left to bring about.');
}

/** Whatever the target's end: what it set before it threw is set. */
function writeExported(): void {
  try {
    exported.write();
  } catch (error) {
    process.stderr.write(`The exported variables cannot be written: ${String(error)}\n`);
  }
}

function leaveExitError(message: string): void {
  isSettled = true;
  const error = describeError(new CodeseederError('ProcessExited', message), bundleFolder);
  writeResult(outputFolder, renderFailure({ ok: false, error }));
  process.exitCode = 1;
}

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new CodeseederError('InvalidRequest', `The environment variable ${name} is missing.`);
  return value;
}
