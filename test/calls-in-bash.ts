import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const END_OF_CALL = '\v\0';
const END_OF_LINE = '\f\0';

/**
 * Definitions of commands for examples. They run no program: `codeseeder` notes its words, `npx` and `xargs` call it,
 * and every other program does nothing. Bash writes texts without a newline at once, so that the words of two commands
 * of a pipeline, which run at the same time, stay apart.
 */
const COMMANDS = [
  `codeseeder() { printf '%s\\0' "$@" $'\\v' >&3; }`,
  'npx() { "$@"; }',
  'xargs() { while [ "$1" != codeseeder ] && [ "$1" != npx ]; do shift; done; "$@" ID; }',
  'source() { local line; [ $# -eq 0 ] || while read -r line; do :; done < "$1"; }',
  'command_not_found_handle() { :; }',
];

/**
 * Returns the words of each call of `codeseeder` in command lines, by line, as bash splits them. No program is started.
 * @throws Error if bash cannot read them
 */
export function callsInBash(lines: readonly string[]): string[][][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-calls-'));
  const script = [
    'exec 3> calls',
    ...COMMANDS,
    ...lines.map((line) => `(\n${line}\n)\nprintf '\\f\\0' >&3`),
  ].join('\n');
  try {
    const { stderr } = spawnSync('/bin/bash', ['--norc', '-c', script], {
      cwd: folder,
      env: { PATH: '/none' },
      encoding: 'utf8',
    });
    const calls = partsOf(readFileSync(path.join(folder, 'calls'), 'utf8'), END_OF_LINE);
    if (calls.length !== lines.length) throw new Error(`Bash cannot read the command lines: ${stderr}`);
    return calls.map((line) => partsOf(line, END_OF_CALL).map((words) => partsOf(words, '\0')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Splits a text of which each part has an end. */
function partsOf(text: string, end: string): string[] {
  return text.split(end).slice(0, -1);
}
