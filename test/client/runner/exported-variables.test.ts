import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import { BUILD_PATHS, parseJson, type BuildOptions, type Invocation } from '../../../lib/contract/index.js';
import { unpackPythonBundle, type PythonBundle } from '../runner-python/run-python.js';
import { ENDINGS, unpackBundle, type UnpackedBundle } from './run-bundle.js';

const MODULE = `${ENDINGS}/sets-variables.ts`;

let node: UnpackedBundle;
let python: PythonBundle;
let input: string;

beforeAll(async () => {
  [node, python] = await Promise.all([unpackBundle([MODULE]), unpackPythonBundle()]);
  const bin = path.join(python.folder, BUILD_PATHS.pythonEnvironment, 'bin');
  mkdirSync(bin, { recursive: true });
  const { stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  symlinkSync(stdout.trim(), path.join(bin, 'python'));
});
afterAll(() => Promise.all([node.remove(), python.remove()]));
afterEach(() => rmSync(input, { recursive: true, force: true }));
beforeEach(() => {
  input = mkdtempSync(path.join(tmpdir(), "codeseeder 'input' "));
});

interface Call {
  readonly values: Readonly<Record<string, string | null>>;
  readonly end?: 'return' | 'throw' | 'exit';
  readonly build?: BuildOptions;
  /** Commands that run before and after the target, in the same shell. */
  readonly before?: string;
  readonly after?: string;
}

/**
 * Runs the commands of a build phase for a function that sets variables: all in one shell, including the commands
 * after the function.
 */
function run(kind: 'node' | 'python', { values, end = 'return', build = {}, before = '', after = '' }: Call) {
  const args = [values, end];
  const invocation: Invocation =
    kind === 'node'
      ? { kind, target: { module: MODULE, exportName: 'setVariables' }, args }
      : {
          kind,
          target: { module: 'endings.sets_variables', functionName: 'set_variables' },
          args,
          kwargs: {},
        };
  writeFileSync(path.join(input, 'invocation.json'), JSON.stringify(invocation));
  const options = { exportedVariables: ['A', 'B', 'NEVER'], ...build };
  const { phases } = parseJson(renderBuildspec(options, invocation), 'buildspec') as {
    phases: { build: { commands: string[] } };
  };
  const script = [before, ...phases.build.commands, 'echo "status $?"', after].join('\n');
  return spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      CODEBUILD_SRC_DIR: (kind === 'node' ? node : python).folder,
      CODEBUILD_SRC_DIR_codeseeder_input: input,
      CODESEEDER_RUN_ID: 'run-1',
    },
  });
}

/** Values that a shell would change unless they are quoted correctly. */
const EXACT_VALUES = [
  `it's`,
  `'; echo pwned; '`,
  '$(echo pwned) `echo pwned` "quoted"',
  'lines\nof\n\ttext\n',
  'für 日本語 🎉',
  '\\ \\n \\\\',
  ' blanks ',
  '-n',
  '',
];

/** Shell command that prints the values of variables in brackets. */
const show = `for name in A B NEVER; do printf '%s=[%s]%s\\n' "$name" "\${!name}" "\${!name+set}"; done; env | grep -c '^A=' || true`;

describe.each(['node', 'python'] as const)('Exported variables of a %s function', (kind) => {
  it('Exported variables are set in the build afterwards and in its processes', () => {
    const { stdout } = run(kind, { values: { A: '1', B: 'two words' }, after: show });

    expect(stdout).toBe('status 0\nA=[1]set\nB=[two words]set\nNEVER=[]\n1\n');
  });

  it.each(['throw', 'exit'] as const)(
    'Exported variables are set if a function ends with %s, and the exit code is kept',
    (end) => {
      expect(run(kind, { values: { A: 'set' }, end, after: show }).stdout).toBe(
        'status 1\nA=[set]set\nB=[]\nNEVER=[]\n1\n',
      );
    },
  );

  it('Exported variables keep their exact values', () => {
    const values = Object.fromEntries(EXACT_VALUES.map((value, index) => [`V${index}`, value]));
    const names = Object.keys(values);
    const { stdout } = run(kind, {
      values,
      build: { exportedVariables: names },
      after: `for name in ${names.join(' ')}; do printf '%s' "\${!name}" | od -An -tx1 | tr -d ' \\n'; echo; done`,
    });

    const shown = stdout.split('\n').slice(1);
    expect(names.map((_, index) => Buffer.from(shown[index] ?? '', 'hex').toString())).toEqual(EXACT_VALUES);
  });

  it('Only the listed variables are exported, and replace earlier values', () => {
    const { stdout } = run(kind, {
      before: 'export A=before B=before',
      values: { A: 'after', B: null, OTHER: 'x' },
      after: `${show}; echo "[$OTHER]"`,
    });

    expect(stdout).toContain('A=[after]set\nB=[]\nNEVER=[]\n');
    expect(stdout).toContain('[]\n');
  });

  it('Variables that exist only in the shell stay unchanged', () => {
    const { stdout } = run(kind, { before: 'NEVER=shell', values: { A: '1' }, after: show });

    expect(stdout).toContain('NEVER=[shell]set\n');
  });

  it('A variable that is too large for a process is reported and not exported', () => {
    const { stdout, stderr } = run(kind, { values: { A: 'x'.repeat(131_070), B: 'b' }, after: show });

    expect(stdout).toContain('A=[]\nB=[b]set\n');
    expect(stderr).toContain('the variable A is not exported: it has 131070 bytes');
  });

  it('Exported variables are set in a shell with `set -e` too', () => {
    const { stdout } = run(kind, {
      before: `set -e; trap '${show.replaceAll("'", `'\\''`)}' EXIT`,
      values: { A: '1' },
      end: 'throw',
    });

    expect(stdout).toBe('A=[1]set\nB=[]\nNEVER=[]\n1\n');
  });

  it("The function's environment has none of the runner's own variables", () => {
    const { stdout } = run(kind, {
      values: {},
      after: 'cat "$CODESEEDER_OUTPUT_DIR/result.json"',
    });

    expect(stdout).toContain('{"ok":true,"value":[]}');
  });
});
