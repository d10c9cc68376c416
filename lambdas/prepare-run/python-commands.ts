import { BUILD_PATHS, type BuildOptions, BUNDLE_PATHS, type Invocation } from '../../lib/contract/index.js';
import { shellQuoted } from './shell-quoted.js';

const SOURCE = '$CODEBUILD_SRC_DIR';
const ENVIRONMENT = `${SOURCE}/${BUILD_PATHS.pythonEnvironment}`;
const PYTHON = `"${ENVIRONMENT}/bin/python"`;
const PIPX = `${SOURCE}/${BUILD_PATHS.pipx}`;

/** Calls the function with the Python that everything was installed for. */
export const pythonTargetCommand = `${PYTHON} "${SOURCE}/${BUNDLE_PATHS.pythonRunner}"`;

/**
 * What each phase of a run with Python code starts with: commands of the user find the run's virtual environment
 * and its tools as if it were activated.
 */
export function pythonPreamble(build: BuildOptions, kind: Invocation['kind']): string[] {
  if (!hasEnvironment(build, kind)) return [];
  const exported = [
    `VIRTUAL_ENV="${ENVIRONMENT}"`,
    `PATH="${ENVIRONMENT}/bin:${PIPX}/bin:$PATH"`,
    `PIPX_HOME="${PIPX}" PIPX_BIN_DIR="${PIPX}/bin"`,
    'PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1',
  ];
  return [`export ${exported.join(' ')}`];
}

/**
 * Makes the run's virtual environment and installs into it: for a Python function what its bundle carries, then the
 * modules; else the modules alone. Isolated (`-I`), because the folder they run in is the user's, and Python would
 * import from there first.
 */
export function pythonInstallCommands(build: BuildOptions, kind: Invocation['kind']): string[] {
  if (!hasEnvironment(build, kind)) return [];
  const { pythonModules = [], pipxModules = [], pythonInstaller } = build;
  const words = pythonModules.map(shellQuoted);
  const chosen = pythonInstaller === undefined ? [] : [`--installer=${pythonInstaller}`];
  return [
    // A shell remembers where it found a command, and python3 is now another one.
    `python3 -I -m venv "${ENVIRONMENT}" && hash -r`,
    ...(kind === 'python'
      ? [[PYTHON, `"${SOURCE}/${BUNDLE_PATHS.pythonRunner}/install.py"`, ...chosen, ...words].join(' ')]
      : moduleInstall(words, pythonInstaller)),
    ...pipxInstall(pipxModules.map(shellQuoted)),
  ];
}

function hasEnvironment({ pythonModules, pipxModules }: BuildOptions, kind: Invocation['kind']): boolean {
  return kind === 'python' || Boolean(pythonModules?.length) || Boolean(pipxModules?.length);
}

function moduleInstall(words: readonly string[], installer: BuildOptions['pythonInstaller']): string[] {
  if (words.length === 0 || installer !== 'uv') return pipInstall(words);
  return [
    `command -v uv > /dev/null || ${pipInstall(['uv']).join('')}`,
    `uv pip install --python ${PYTHON} -- ${words.join(' ')}`,
  ];
}

function pipInstall(words: readonly string[]): string[] {
  return words.length === 0 ? [] : [`${PYTHON} -I -m pip install -- ${words.join(' ')}`];
}

function pipxInstall(words: readonly string[]): string[] {
  if (words.length === 0) return [];
  return [...pipInstall(['pipx']), ...words.map((word) => `${PYTHON} -I -m pipx install ${word}`)];
}
