// The step of action.yml: runs codeseeder, and tells GitHub how the run ended.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

import { describeRemote } from './describe-remote.mjs';
import { findPosition } from './find-position.mjs';
import { durationOf, exitWith, pageOf, runCodeseeder } from './run-codeseeder.mjs';

/** The most text of a value in the summary. GitHub shows at most 1 MiB for a step. */
const MAX_SHOWN = 60_000;

const { env } = process;
const input = (name) => (env[`INPUT_${name}`] ?? '').trim();

await exitWith(main, (message) => printError(message));

async function main() {
  const { exitCode, result, shown, messages } = await withoutCommands(() =>
    runCodeseeder({
      target: input('TARGET'),
      command: input('COMMAND'),
      args: input('ARGS'),
      options: input('OPTIONS'),
      seedkit: input('SEEDKIT'),
      region: input('REGION'),
      runId: input('RUN_ID'),
    }),
  );
  const hasValue = result !== undefined && 'value' in result;
  setOutput('run-id', result?.runId ?? '');
  setOutput('status', result?.status ?? '');
  setOutput('value', hasValue ? JSON.stringify(result.value) : '');
  if (env['GITHUB_STEP_SUMMARY'])
    appendFileSync(env['GITHUB_STEP_SUMMARY'], summaryOf(result, shown, messages));
  if (exitCode !== 0) {
    const { failure } = result ?? {};
    const position = findPosition(
      failure?.remote?.stack,
      process.cwd(),
      env['GITHUB_WORKSPACE'] ?? process.cwd(),
    );
    printError(messageOf(result, messages), position);
  }
  return exitCode;
}

/**
 * Turns GitHub's workflow commands off while the log of the build is printed, which may contain lines such as
 * `::set-env ...`. A random token turns them on again.
 */
async function withoutCommands(work) {
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n`);
  try {
    return await work();
  } finally {
    process.stdout.write(`\n::${token}::\n`);
  }
}

function messageOf(result, messages) {
  const { failure } = result ?? {};
  if (failure?.remote !== undefined) return `${failure.remote.name}: ${failure.remote.message}`;
  if (failure !== undefined) return `${failure.code}: ${failure.message}`;
  return errorIn(messages) || 'codeseeder printed no result.';
}

/** Returns the error with which codeseeder ended: the last line with a code such as `AwsUnreachable: `, and its hints. */
function errorIn(messages) {
  const lines = messages.trim().split('\n');
  const start = lines.findLastIndex((line) => /^(?:error|[A-Z]\w+): /.test(line));
  return lines.slice(start).join('\n');
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message */
function printError(message, position) {
  const title = 'title=codeseeder';
  const { file, line, column } = position ?? {};
  const place = position === undefined ? [] : [`file=${escapeProperty(file)}`, `line=${line}`];
  const properties = [...place, ...(column === undefined ? [] : [`col=${column}`]), title].join(',');
  process.stdout.write(`::error ${properties}::${escapeData(message)}\n`);
}

function escapeData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text) {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A random delimiter keeps a value from setting other outputs. */
function setOutput(name, value) {
  if (!env['GITHUB_OUTPUT']) return;
  const delimiter = `codeseeder-${randomUUID()}`;
  appendFileSync(env['GITHUB_OUTPUT'], `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

function summaryOf(result, shown, messages) {
  const page = pageOf(result, shown);
  const id = result?.runId;
  const rows = [
    ['Run', id === undefined ? 'not started' : page === undefined ? code(id) : `[${cell(id)}](${page})`],
    ['Status', cell(result?.status ?? 'UNKNOWN')],
    ['Duration', durationOf(shown) ?? 'not known'],
  ];
  const { failure } = result ?? {};
  if (failure !== undefined) rows.push(['Failure', code(failure.code)]);
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n');
  const text =
    result === undefined || failure !== undefined
      ? textOfFailure(result, messages)
      : (JSON.stringify(result.value, undefined, 2) ?? '');
  const title = `### codeseeder: ${cell(input('TARGET') || input('COMMAND'))}`;
  return `${title}\n\n| | |\n| --- | --- |\n${table}\n\n${block(text)}\n\n`;
}

function textOfFailure(result, messages) {
  const remote = result?.failure?.remote;
  return remote === undefined ? messageOf(result, messages) : describeRemote(remote);
}

/** Returns a text as a cell of a table, in which no character formats anything. */
function cell(text) {
  return String(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>()#+!|~@&]/g, (character) => `&#${character.codePointAt(0)};`);
}

function code(text) {
  return `<code>${cell(text)}</code>`;
}

/** Returns a code block whose fence is longer than any in the text. */
function block(text) {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}\n...` : text;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([found]) => found.length));
  const fence = '`'.repeat(longest + 1);
  return shown === '' ? '' : `${fence}text\n${shown}\n${fence}`;
}
