import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { exportDigestCommand } from '../../../lambdas/prepare-run/build-commands.js';
import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import { checkInputCommand } from '../../../lambdas/prepare-run/input-files.js';
import { inputFolder } from '../../../lambdas/prepare-run/layer-sources.js';
import {
  CHANGED_INPUT_STATUS,
  contentDigest,
  LAYERS_PLACED_FILE,
  parseJson,
  parseResultDigest,
  parseRunRequest,
  type BuildOptions,
  type Invocation,
} from '../../../lib/contract/index.js';
import { aLayer, aRunRequest } from '../../contract/builders.js';

let home: string;
let source: string;
let input: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'codeseeder buildspec '));
  source = path.join(home, "source of 'a' $run");
  input = path.join(home, 'the input');
  mkdirSync(path.join(source, '.codeseeder'), { recursive: true });
  mkdirSync(input);
  // Installs a fake npm that writes each of its arguments to a line of its own.
  mkdirSync(path.join(home, 'bin'));
  writeFileSync(path.join(home, 'bin/npm'), `#!/bin/sh\nprintf '%s\\n' "$@" > "$CODEBUILD_SRC_DIR/words"\n`, {
    mode: 0o755,
  });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs the commands of a phase as CodeBuild does: in one shell, until the first command that fails. */
function runPhase(phase: string, build: BuildOptions, invocation: Invocation) {
  const { phases } = parseJson(renderBuildspec(build, invocation), 'buildspec') as {
    phases: Record<string, { commands: string[] }>;
  };
  const script = (phases[phase]?.commands ?? []).map((command) => `${command}\n[ $? -eq 0 ] || exit 1\n`);
  return spawnSync('bash', ['-c', script.join('')], {
    cwd: source,
    encoding: 'utf8',
    env: {
      PATH: `${path.join(home, 'bin')}:${process.env['PATH']}`,
      CODEBUILD_SRC_DIR: source,
      CODEBUILD_SRC_DIR_codeseeder_input: input,
      CODESEEDER_RUN_ID: 'run-1',
    },
  });
}

const commands = (...target: string[]): Invocation => ({ kind: 'commands', target });
const node: Invocation = { kind: 'node', target: { module: 'm', exportName: 'f' }, args: [] };

describe('the commands of a buildspec, run by bash', () => {
  it('The install phase gives npm each package as one word, whatever its range contains', () => {
    const { build } = parseRunRequest(
      aRunRequest({ build: { packages: { '@scope/tool': '>=1 <2 || *', '-g': '1' } } }),
    );

    expect(runPhase('install', build, node).status).toBe(0);
    expect(readFileSync(path.join(source, 'words'), 'utf8').split('\n').slice(0, -1)).toEqual([
      'install',
      '-g',
      '--',
      '@scope/tool@>=1 <2 || *',
      '-g@1',
    ]);
  });

  it('The install phase never lets the shell expand a package', () => {
    const evil = { tool: `1'; touch pwned; '`, other: '$(touch pwned)' };

    runPhase('install', { packages: evil }, node);

    expect(existsSync(path.join(source, 'pwned'))).toBe(false);
    expect(readFileSync(path.join(source, 'words'), 'utf8')).toContain("tool@1'; touch pwned; '\n");
  });

  it('The install phase leaves a marker in the output folder, so that it is never empty', () => {
    expect(runPhase('install', {}, commands('true')).status).toBe(0);
    expect(
      JSON.parse(readFileSync(path.join(source, 'codeseeder-output/codeseeder-run.json'), 'utf8')),
    ).toEqual({ runId: 'run-1' });
  });

  it('The build phase starts the runner with the paths of the output and the invocation', () => {
    const runner = `console.log(JSON.stringify([process.env.CODESEEDER_OUTPUT_DIR, process.env.CODESEEDER_INVOCATION_FILE]))`;
    writeFileSync(path.join(source, '.codeseeder/runner.mjs'), runner);

    const { stdout } = runPhase('build', {}, node);

    expect(JSON.parse(stdout)).toEqual([
      path.join(source, 'codeseeder-output'),
      path.join(input, 'invocation.json'),
    ]);
  });

  it("The build phase runs the user's commands as they were written, in one shell, until one fails", () => {
    const build = runPhase(
      'build',
      { buildCommands: ['echo after'] },
      commands('X="a  b"', 'echo "$X" \'$X\'', 'for i in 1 2\ndo echo "n$i"\ndone', 'false', 'echo never'),
    );

    expect(build.stdout).toBe('a  b $X\nn1\nn2\n');
    expect(build.status).toBe(1);
  });
});

describe('a working directory', () => {
  const started = (phase: string, build: BuildOptions, invocation: Invocation = commands('pwd')) =>
    runPhase(phase, { workingDirectory: "app of 'a'", ...build }, invocation);

  beforeEach(() => mkdirSync(path.join(source, "app of 'a'")));

  it.each<[string, BuildOptions, string]>([
    ['build', {}, 'the target'],
    ['build', { preExecutionCommands: ['cd /'] }, 'commands before the target, not the target after them'],
    ['install', { installCommands: ['pwd'] }, 'installCommands'],
    ['pre_build', { preBuildCommands: ['pwd'] }, 'preBuildCommands'],
    ['post_build', { postBuildCommands: ['pwd'] }, 'postBuildCommands'],
  ])('The phase %s starts in the working directory with %j', (phase, build) => {
    const isMoved = build.preExecutionCommands !== undefined;

    expect(started(phase, build).stdout).toBe(isMoved ? '/\n' : `${path.join(source, "app of 'a'")}\n`);
  });

  it('A function starts in the working directory', () => {
    writeFileSync(path.join(source, '.codeseeder/runner.mjs'), 'console.log(process.cwd())');

    expect(started('build', {}, node).stdout).toBe(`${path.join(source, "app of 'a'")}\n`);
  });

  it('A working directory that the bundle does not have ends the install phase with a message', () => {
    const { status, stderr } = started('install', { workingDirectory: 'no such', installCommands: ['pwd'] });

    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(
        'codeseeder: the bundle has no folder no such, which is its workingDirectory\n',
      ),
    ]);
  });
});

describe('the check of an input', () => {
  const CONTENTS: Record<string, string> = { 'invocation.json': '{"a":1}', 'place-layers.sh': 'true\n' };
  const files = Object.entries(CONTENTS).map(([name, content]) => ({
    name,
    sha256: contentDigest(Buffer.from(content)).sha256,
  }));
  const check = (PATH = process.env['PATH']) =>
    spawnSync(
      '/bin/bash',
      [
        '--norc',
        '-c',
        `${checkInputCommand(files, inputFolder({ layers: [aLayer()] }))}; STATUS=$?; echo "$GLOBIGNORE$FOUND"; exit $STATUS`,
      ],
      {
        cwd: source,
        encoding: 'utf8',
        env: { PATH, CODEBUILD_SRC_DIR: source, CODEBUILD_SRC_DIR_codeseeder_input: input },
      },
    );
  const isChecked = () => existsSync(path.join(input, 'input-checked'));

  beforeEach(() => {
    for (const [name, content] of Object.entries(CONTENTS)) writeFileSync(path.join(input, name), content);
  });

  it('An unchanged input passes, and the check leaves the shell and its output as they were', () => {
    const { status, stdout, stderr } = check();

    expect([status, stdout, stderr]).toEqual([0, '\n', '']);
    expect(isChecked()).toBe(true);
  });

  it('Files that were added to an input are removed, also hidden ones and marks of a check', () => {
    mkdirSync(path.join(input, '.hidden'));
    for (const name of ['.hidden/a', '.b', 'layers-placed', 'exported-variables.sh', '-rf', 'a b', '*']) {
      writeFileSync(path.join(input, name), 'x');
    }

    expect(check().status).toBe(0);
    expect(readdirSync(input).sort()).toEqual(['input-checked', 'invocation.json', 'place-layers.sh']);
  });

  it.each(Object.keys(CONTENTS))(
    'A changed %s fails with the status of a changed input and its name',
    (name) => {
      writeFileSync(path.join(input, name), 'changed');
      writeFileSync(path.join(input, 'input-checked'), '');
      const { status, stderr } = check();

      expect(status).toBe(CHANGED_INPUT_STATUS);
      expect(stderr).toContain(`${name}: FAILED`);
      expect(isChecked()).toBe(false);
    },
  );

  it('A missing file fails with the status of a changed input', () => {
    rmSync(path.join(input, 'invocation.json'));

    expect(check().status).toBe(CHANGED_INPUT_STATUS);
  });

  it('An image without sha256sum fails with another status than a changed input', () => {
    const bin = path.join(home, 'few');
    mkdirSync(bin);
    symlinkSync('/bin/rm', path.join(bin, 'rm'));
    const { status, stderr } = check(bin);

    expect(status).toBe(1);
    expect(stderr).toContain('shasum');
    expect(isChecked()).toBe(false);
  });
});

describe('the digest of a result', () => {
  const exported = () =>
    spawnSync('bash', ['--norc', '-e', '-c', `${exportDigestCommand}; printf %s "$CODESEEDER_RESULT"`], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CODEBUILD_SRC_DIR: source },
    });

  it('The digest of a result that exists is its SHA-256 and its size', () => {
    const content = '{"ok":true,"value":"ä"}';
    mkdirSync(path.join(source, 'codeseeder-output'));
    writeFileSync(path.join(source, 'codeseeder-output/result.json'), content);

    expect(parseResultDigest(exported().stdout)).toEqual(contentDigest(Buffer.from(content)));
  });

  it.each([true, false])(
    'Without a result the digest is empty, and no command fails (output folder: %s)',
    (hasFolder) => {
      if (hasFolder) mkdirSync(path.join(source, 'codeseeder-output'));
      const { status, stdout, stderr } = exported();

      expect([status, stdout, stderr]).toEqual([0, '', '']);
    },
  );
});

describe('layers that are not in place', () => {
  const bundle = { layers: [aLayer()] };
  const phasesOf = (build: BuildOptions) =>
    (
      parseJson(renderBuildspec(build, commands('touch ran'), { bundle }), 'buildspec') as {
        phases: Record<string, { 'on-failure'?: string; commands: string[] }>;
      }
    ).phases;

  it.each(['pre_build', 'build', 'post_build'])('Phase %s runs nothing until layers are in place', (name) => {
    const build = {
      abortPhasesOnFailure: false,
      preBuildCommands: ['touch ran'],
      postBuildCommands: ['touch ran'],
    };
    const script =
      phasesOf(build)[name]?.commands.map((command) => `${command}\n[ $? -eq 0 ] || exit 1\n`) ?? [];
    const run = () =>
      spawnSync('bash', ['-c', script.join('')], {
        cwd: source,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          CODEBUILD_SRC_DIR: source,
          CODEBUILD_SRC_DIR_codeseeder_input: input,
        },
      });

    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('codeseeder: the layers of the bundle are not in place\n'),
    });
    expect(existsSync(path.join(source, 'ran'))).toBe(false);
    writeFileSync(path.join(input, LAYERS_PLACED_FILE), '');
    expect(run().status).toBe(0);
    expect(existsSync(path.join(source, 'ran'))).toBe(true);
  });
});
