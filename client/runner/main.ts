/**
 * The program inside each bundle: imports the target, calls it with the invocation's arguments and always writes
 * `result.json`. Exits with 0 if the target returned a JSON value, else with 1, so that the build fails too. Work that
 * the target did not await, such as a child process, continues after the target returned, for a limited time. An error
 * of that work fails the run. A process that is killed, such as for lack of memory, leaves no result.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { TARGET_ERROR_LINE } from '../../lib/contract/build-log.js';
import { BUILD_VARIABLES } from '../../lib/contract/build-variables.js';
import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import type { Invocation } from '../../lib/contract/invocation.js';
import type { RemoteErrorDetail } from '../../lib/contract/run-result.js';
import { setRunState, type RunState } from '../../lib/contract/run-state.js';
import { describeError, renderForLog } from './describe-error.js';
import { watchExportedVariables } from './exported-variables.js';
import { watchSecrets } from './hidden-secrets.js';
import { loadTarget } from './load-target.js';
import { limitOpenWork } from './open-work.js';
import { renderFailure, renderValue, writeResult } from './result-file.js';

const bundleFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const outputFolder = requiredVariable(BUILD_VARIABLES.outputDir);
const hideSecrets = watchSecrets(process.env);
const exported = watchExportedVariables(process.env, hideSecrets);
const state: RunState = { phase: 'importing' };
/** JSON text of the value that the target returned. */
let returned: string | undefined;
let isSettled = false;
let isExiting = false;

process.setSourceMapsEnabled(true);
// Node's default of 10 frames would cut off the outermost ones.
Error.stackTraceLimit = 50;
setRunState(state);
process
  .on('uncaughtException', fail)
  .on('unhandledRejection', fail)
  .on('beforeExit', reportEndlessWait)
  .on('exit', writeAtExit)
  .on('exit', writeExported);

try {
  const invocation = readInvocation();
  const target = await loadTarget(invocation.target, bundleFolder);
  state.phase = 'running';
  const value = renderValue(await target(...invocation.args));
  returned = value;
  limitOpenWork(() => void settle(value, 0));
} catch (error) {
  fail(error);
}

function readInvocation(): Invocation & { kind: 'node' } {
  const file = requiredVariable(BUILD_VARIABLES.invocationFile);
  const content = readFileSync(file);
  requireSameContent(content, file);
  const invocation = JSON.parse(content.toString('utf8')) as Invocation;
  if (invocation.kind !== 'node') {
    throw new CodeseederError('InvalidRequest', `This runner runs node invocations, not ${invocation.kind}.`);
  }
  return invocation;
}

/**
 * Compares the invocation with the SHA-256 in the build's own command, which cannot be changed after the build has
 * started.
 */
function requireSameContent(content: Uint8Array, file: string): void {
  const expected = process.env[BUILD_VARIABLES.invocationSha256];
  delete process.env[BUILD_VARIABLES.invocationSha256];
  if (expected === undefined) return;
  const found = createHash('sha256').update(content).digest('hex');
  if (found === expected) return;
  throw new CodeseederError(
    'InputChanged',
    `The invocation ${file} has the SHA-256 ${found} instead of ${expected}, with which the build was started.`,
  );
}

function fail(thrown: unknown): void {
  if (isSettled) {
    // The first error is reported already. If an exit handler of the target threw this one, it interrupted the exit,
    // which must continue.
    if (isExiting) process.exit();
    return;
  }
  const error = describeError(thrown, { bundleFolder, hideSecrets });
  logError(error);
  if (returned !== undefined) process.stderr.write('The target had returned before this error.\n');
  void settle(renderFailure({ ok: false, error }), 1);
}

function logError(error: RemoteErrorDetail): void {
  process.stderr.write(`${TARGET_ERROR_LINE}\n${renderForLog(error)}\n`);
}

async function settle(result: string, code: number): Promise<void> {
  await exitAfterOutput(writeOnce(result) ? code : 1);
}

/** Writes the result and settles the run. @returns whether the result was written */
function writeOnce(result: string): boolean {
  isSettled = true;
  try {
    writeResult(outputFolder, result);
    return true;
  } catch (error) {
    process.stderr.write(`The result cannot be written to ${outputFolder}: ${String(error)}\n`);
    return false;
  }
}

/** Exits after all output was written. A pipe accepts large output in several pieces. */
async function exitAfterOutput(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(drained));
  process.exit(code);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // Continues if the reader has closed the pipe.
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

/** Writes the returned value when no work is left, or the failure of a target that ended the process. */
function writeAtExit(code: number): void {
  isExiting = true;
  if (isSettled) return;
  if (returned === undefined) {
    leaveExitError(`The target ended the process with exit code ${code} before it returned.`);
  } else if (code !== 0) {
    leaveExitError(
      `The target returned, but the process ended with exit code ${code}. Throw an error to fail the run, or do not set process.exitCode.`,
    );
  } else if (!writeOnce(returned)) {
    process.exitCode = 1;
  }
}

/** Reports a target that awaits a promise which can never settle, because no work is left that could settle it. */
function reportEndlessWait(): void {
  if (isSettled || returned !== undefined) return;
  leaveExitError(
    'The target never returned: it awaits a promise that cannot settle, because no timer, request or other work is left. Check the promises that it awaits.',
  );
}

/** Writes the exported variables, also if the target failed. */
function writeExported(): void {
  try {
    exported.write();
  } catch (error) {
    process.stderr.write(`The exported variables cannot be written: ${String(error)}\n`);
  }
}

function leaveExitError(message: string): void {
  const error = describeError(new CodeseederError('ProcessExited', message), { bundleFolder, hideSecrets });
  logError(error);
  writeOnce(renderFailure({ ok: false, error }));
  process.exitCode = 1;
}

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new CodeseederError('InvalidRequest', `The environment variable ${name} is missing.`);
  return value;
}
