import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import { parseJson, type BuildOptions, type Invocation } from '../../../lib/contract/index.js';
import { invocationIs, prepare, resetBucket } from './mocked-bucket.js';

const PYTHON: Invocation = {
  kind: 'python',
  target: { module: 'my_pkg.deploy', functionName: 'network' },
  args: [],
  kwargs: {},
};
const COMMANDS: Invocation = { kind: 'commands', target: ['true'] };
const VENV = '$CODEBUILD_SRC_DIR/.codeseeder/python/venv';
const RUNNER = '$CODEBUILD_SRC_DIR/.codeseeder/runner-python';

function commandsOf(phase: string, build: BuildOptions, invocation: Invocation = PYTHON): string[] {
  const { phases } = parseJson(renderBuildspec(build, invocation), 'buildspec') as {
    phases: Record<string, { commands: string[] }>;
  };
  return (phases[phase]?.commands ?? []).map((command) => command.replace(/ # codeseeder$/, ''));
}

describe('the buildspec of a Python function', () => {
  it('The buildspec of a Python function installs its bundle, modules and tools into a virtual environment', () => {
    const build = {
      packages: { 'aws-cdk': '^2' },
      pythonModules: ["a>=1; python_version > '3'", 'b'],
      pipxModules: ['black', 'poetry>=1'],
      installCommands: ['make tools'],
    };

    expect(commandsOf('install', build).slice(1)).toEqual([
      "npm install -g -- 'aws-cdk@^2'",
      `python3 -I -m venv "${VENV}" && hash -r`,
      `"${VENV}/bin/python" "${RUNNER}/install.py" 'a>=1; python_version > '\\''3'\\''' 'b'`,
      `"${VENV}/bin/python" -I -m pip install -- pipx`,
      `"${VENV}/bin/python" -I -m pipx install 'black'`,
      `"${VENV}/bin/python" -I -m pipx install 'poetry>=1'`,
      'make tools',
    ]);
  });

  it.each(['pip', 'uv'] as const)('The buildspec installs with %s when requested', (pythonInstaller) => {
    expect(commandsOf('install', { pythonInstaller, pythonModules: ['a'] })).toContain(
      `"${VENV}/bin/python" "${RUNNER}/install.py" --installer=${pythonInstaller} 'a'`,
    );
  });

  it('The buildspec calls a Python function with the Python of its environment, between the commands before and after it', () => {
    const commands = commandsOf('build', { preExecutionCommands: ['before'], buildCommands: ['after'] });

    expect(commands.slice(1)).toEqual(['before', `"${VENV}/bin/python" "${RUNNER}"`, 'after']);
  });

  it('The buildspec sets the path of the invocation and of the virtual environment first in each phase', () => {
    const build = { preBuildCommands: ['lint'], postBuildCommands: ['clean'] };

    for (const phase of ['install', 'pre_build', 'build', 'post_build']) {
      const [preamble] = commandsOf(phase, build);
      expect(preamble).toContain('CODESEEDER_INVOCATION_FILE=');
      expect(preamble).toContain(`PATH="${VENV}/bin:`);
    }
  });
});

describe('the buildspec of other runs', () => {
  it('The buildspec of commands makes a virtual environment when modules or tools are requested', () => {
    const commands = commandsOf('install', { pythonModules: ['boto3'] }, COMMANDS);

    expect(commands.slice(1)).toEqual([
      `python3 -I -m venv "${VENV}" && hash -r`,
      `"${VENV}/bin/python" -I -m pip install -- 'boto3'`,
    ]);
    expect(commandsOf('build', { pipxModules: ['black'] }, COMMANDS)[0]).toContain('PIPX_HOME=');
  });

  it('The buildspec of commands installs modules with uv when requested, and uv with pip when the image lacks it', () => {
    expect(
      commandsOf('install', { pythonInstaller: 'uv', pythonModules: ['boto3'] }, COMMANDS).slice(2),
    ).toEqual([
      `command -v uv > /dev/null || "${VENV}/bin/python" -I -m pip install -- uv`,
      `uv pip install --python "${VENV}/bin/python" -- 'boto3'`,
    ]);
  });

  it('The buildspec of commands has nothing of Python when nothing of it is requested', () => {
    expect(renderBuildspec({ pythonModules: [] }, COMMANDS)).not.toMatch(/python|pip/i);
  });
});

describe('the commands of a Python run, run by bash', () => {
  let home: string;
  let source: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'codeseeder python '));
    source = path.join(home, "source of 'a' $run");
    mkdirSync(path.join(home, 'bin'), { recursive: true });
    mkdirSync(source);
    // A fake Python that writes each of its arguments to a line of its own. For `-m venv`, it creates the commands of
    // a virtual environment.
    const python = `#!/bin/bash
{ echo "$(basename "$0"):"; printf '%s\\n' "$@"; } >> "${'$'}CODEBUILD_SRC_DIR/words"
if [ "$3" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; cp "$0" "$4/bin/python3"; fi
`;
    writeFileSync(path.join(home, 'bin/python3'), python, { mode: 0o755 });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function runPhase(phase: string, build: BuildOptions) {
    const script = commandsOf(phase, build).map((command) => `${command}\n[ $? -eq 0 ] || exit 1\n`);
    return spawnSync('bash', ['-c', script.join('')], {
      cwd: source,
      encoding: 'utf8',
      env: {
        PATH: `${path.join(home, 'bin')}:${process.env['PATH']}`,
        CODEBUILD_SRC_DIR: source,
        CODEBUILD_SRC_DIR_codeseeder_input: home,
        CODESEEDER_RUN_ID: 'run-1',
      },
    });
  }

  it('The install phase gives pip each Python module as one word, which the shell does not expand', () => {
    const evil = ["a'; touch pwned; '", '$(touch pwned)', 'b >= 1'];

    expect(runPhase('install', { pythonModules: evil, pipxModules: ['`touch pwned`'] }).status).toBe(0);
    expect(existsSync(path.join(source, 'pwned'))).toBe(false);
    expect(readFileSync(path.join(source, 'words'), 'utf8').split('\n').slice(0, -1)).toEqual([
      ...['python3:', '-I', '-m', 'venv', path.join(source, '.codeseeder/python/venv')],
      ...['python:', path.join(source, '.codeseeder/runner-python/install.py'), ...evil],
      ...['python:', '-I', '-m', 'pip', 'install', '--', 'pipx'],
      ...['python:', '-I', '-m', 'pipx', 'install', '`touch pwned`'],
    ]);
  });

  it('The commands of the user find the Python of the virtual environment', () => {
    const { stdout } = runPhase('install', {
      installCommands: ['command -v python3', 'echo "$VIRTUAL_ENV"'],
    });

    expect(stdout.split('\n').slice(0, 2)).toEqual([
      path.join(source, '.codeseeder/python/venv/bin/python3'),
      path.join(source, '.codeseeder/python/venv'),
    ]);
  });
});

describe('a prepared run of a Python function', () => {
  beforeEach(() => {
    resetBucket();
    invocationIs(PYTHON);
  });

  it('A Python run has its input beside its bundle and is announced with its target', async () => {
    const { startBuild, event } = await prepare();

    expect(startBuild).toMatchObject({
      secondarySourcesOverride: [{ type: 'S3', location: 'bucket/runs/run-1/input/' }],
    });
    expect(event).toMatchObject({ kind: 'python', target: 'my_pkg.deploy:network' });
  });

  it('A Python run without a bundle is refused', async () => {
    await expect(prepare({ bundle: undefined })).rejects.toThrow(
      /bundle: a python invocation needs a bundle/,
    );
  });
});
