// Runs `codeseeder run --json` for a job of continuous integration. Used by the action for GitHub and the job for
// GitLab.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Signals by which a job is canceled. `codeseeder run` cancels its run on the first one, and leaves on the second. */
const SIGNALS = ['SIGINT', 'SIGTERM'];

const USAGE = 2;

/** A mistake in the inputs of the job. */
export class InputError extends Error {}

/**
 * Runs a target or a command, and waits for its end. Progress and the log go to standard output of this process: with
 * two streams, a workflow command could overtake lines.
 *
 * @param {Record<string, string>} inputs `target` or `command`; `args` and `options` as JSON; `seedkit`, `region`,
 *   `runId`. An empty text is an input that is not given.
 * @returns {Promise<{ exitCode: number, result?: object, shown?: object, messages: string }>} `result` is what the
 *   command printed, `shown` what `runs show` printed, `messages` the last part of standard error
 * @throws InputError if inputs are missing or wrong
 */
export async function runCodeseeder(inputs) {
  const program = findProgram(process.cwd());
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-job-'));
  try {
    const { words, common } = await wordsOf(inputs, folder);
    const ended = await execute(program, words, { showsMessages: true });
    const result = parseObject(ended.printed);
    // A canceled job has only seconds left.
    const asks = result?.runId !== undefined && !ended.wasSignaled;
    const shown = asks
      ? await execute(program, ['runs', 'show', result.runId, '--json', ...common], { showsMessages: false })
      : undefined;
    return {
      exitCode: ended.exitCode,
      result,
      shown: parseObject(shown?.printed ?? ''),
      messages: ended.messages,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the path of the command line that the project has installed. */
function findProgram(folder) {
  try {
    const manifest = createRequire(path.join(folder, 'job.js')).resolve('codeseeder/package.json');
    return path.join(path.dirname(manifest), 'dist', 'bin', 'codeseeder.js');
  } catch {
    throw new InputError(
      `codeseeder is not installed in ${folder}. Install it in an earlier step, such as by npm ci, or correct the working directory.`,
    );
  }
}

/** Arguments and options are passed in files, because a command line can be seen by all users of a machine. */
async function wordsOf({ target, command, args, options, seedkit, region, runId }, folder) {
  if ((target === '') === (command === '')) {
    throw new InputError('Give either the input target or the input command.');
  }
  if (command !== '' && args !== '')
    throw new InputError('The input args is for a target, not for a command.');
  const values = args === '' ? [] : parseJson(args, 'args', Array.isArray, 'array, such as ["world"]');
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const common = [...flag('--seedkit', seedkit), ...flag('--region', region)];
  const words = ['run', '--json', ...common, ...flag('--run-id', runId)];
  if (options !== '') {
    const value = parseJson(options, 'options', isObject, 'object, such as {"labels":{"stage":"dev"}}');
    words.push('--options', await writeValue(folder, 'options', value));
  }
  if (command !== '') return { words: [...words, '--', command], common };
  if (target.startsWith('-'))
    throw new InputError(`The input target is ${target}, which is a flag. Give FILE#FUNCTION.`);
  words.push(target);
  for (const [index, value] of values.entries()) {
    words.push(`@${await writeValue(folder, `argument-${index}`, value)}`);
  }
  return { words, common };
}

function flag(name, value) {
  return value === '' ? [] : [`${name}=${value}`];
}

function parseJson(text, input, isValid, form) {
  try {
    const value = JSON.parse(text);
    if (isValid(value)) return value;
  } catch {
    // The error below says it.
  }
  throw new InputError(`The input ${input} is not a JSON ${form}.`);
}

async function writeValue(folder, name, value) {
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(value), { mode: 0o600 });
  return file;
}

/** Runs the command line, and passes signals on to it. */
function execute(program, words, { showsMessages }) {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let messages = '';
  let wasSignaled = false;
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    messages = (messages + text).slice(-4_000);
    if (showsMessages) process.stdout.write(text);
  });
  const pass = (signal) => {
    wasSignaled = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      for (const signal of SIGNALS) process.off(signal, pass);
      resolve({ exitCode: code ?? 130, printed, messages, wasSignaled });
    });
  });
}

function parseObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs `main`, and exits with the code that it returns. Mistakes in the inputs are reported by `report`.
 *
 * @param {() => Promise<number>} main
 * @param {(message: string) => void} report
 */
export async function exitWith(main, report) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    report(error.message);
    process.exitCode = USAGE;
  }
}

/** Returns how long a run took, such as `1 min 5 s`; undefined if that is not known. */
export function durationOf(shown) {
  const ms = shown?.record?.durationMs;
  if (typeof ms !== 'number') return undefined;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns the address of the run's page; undefined if there is none. */
export function pageOf(result, shown) {
  const url = shown?.consoleUrl ?? result?.consoleUrl;
  return typeof url === 'string' && /^https?:\/\/[^\s<>()[\]]+$/.test(url) ? url : undefined;
}
