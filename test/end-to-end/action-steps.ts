import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parse } from 'yaml';

import { PROJECT, start, type Running, type Variables } from './command-line-process.js';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly steps: readonly {
      readonly uses?: string;
      readonly run?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly 'working-directory'?: string;
    }[];
  };
}

/** A step of the action that has ended. */
export interface EndedStep {
  readonly exitCode: number | null;
  /** Standard output and standard error in the order in which they were written. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Workflow commands that GitHub would execute. */
  readonly commands: readonly string[];
}

const FOLDER = path.join(PROJECT, 'examples/github-action');

/** Starts the script of the action with inputs, as GitHub's runner does. */
export async function startAction(
  inputs: Readonly<Record<string, string>>,
  folder: string,
  variables: Variables,
): Promise<{ readonly running: Running; readonly ended: Promise<EndedStep> }> {
  const action = parse(await readFile(path.join(FOLDER, 'action.yml'), 'utf8')) as Action;
  const step = action.runs.steps.find(({ run }) => run !== undefined);
  const given = { ...mapValues(action.inputs, ({ default: value }) => value), ...inputs };
  const evaluate = (text: string) =>
    text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_found, name: string) => given[name] ?? '');
  const files = await mkdtemp(path.join(tmpdir(), 'codeseeder-action-'));
  const [outputFile, summaryFile] = ['output', 'summary'].map((name) => path.join(files, name)) as [
    string,
    string,
  ];
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')]);
  // The runner reads both streams as one log.
  const script = `exec 2>&1; ${evaluate(step?.run ?? '')}`;
  const running = start(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
    {
      ...variables,
      ...mapValues(step?.env ?? {}, evaluate),
      GITHUB_ACTION_PATH: FOLDER,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_WORKSPACE: folder,
      CI: 'true',
    },
    path.join(folder, evaluate(step?.['working-directory'] ?? '')),
  );
  const ended = running.ended.then(async ({ exitCode, stdout: log }) => {
    const outputs = readOutputs(await readFile(outputFile, 'utf8'));
    const summary = await readFile(summaryFile, 'utf8');
    await rm(files, { recursive: true });
    return { exitCode, log, outputs, summary, commands: commandsIn(log) };
  });
  return { running, ended };
}

function mapValues<Value, Mapped>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** Reads outputs in the form `name<<DELIMITER`, lines, `DELIMITER`. */
function readOutputs(text: string): Record<string, string> {
  const lines = text.split('\n');
  const outputs: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, delimiter] = /^([\w-]+)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, index);
    outputs[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return outputs;
}

/**
 * Returns the commands that the runner executes: lines that start with `::`, or have `##[`, unless a token has turned
 * commands off.
 */
function commandsIn(log: string): string[] {
  const commands: string[] = [];
  let token: string | undefined;
  for (const line of log.split('\n').map((text) => text.trimStart())) {
    const [, newToken] = /^::stop-commands::(.+)$/.exec(line) ?? [];
    if (token !== undefined) {
      if (line === `::${token}::`) token = undefined;
    } else if (newToken !== undefined) token = newToken;
    else if (line.startsWith('::') || line.includes('##[')) commands.push(line);
  }
  return commands;
}
