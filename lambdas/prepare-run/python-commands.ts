import { BUILD_PATHS, type BuildOptions, BUNDLE_PATHS, type Invocation } from '../../lib/contract/index.js';
import { shellQuoted } from './shell-quoted.js';

const SOURCE = '$CODEBUILD_SRC_DIR';
const ENVIRONMENT = `${SOURCE}/${BUILD_PATHS.pythonEnvironment}`;
const PYTHON = `"${ENVIRONMENT}/bin/python"`;
/** File that `cache.sh` creates in an environment that it restored. */
const RESTORED = `${ENVIRONMENT}/restored`;
const PIPX = `${SOURCE}/${BUILD_PATHS.pipx}`;

/** Command that calls the function, with the Python of the virtual environment. */
export const pythonTargetCommand = `${PYTHON} "${SOURCE}/${BUNDLE_PATHS.pythonRunner}"`;

/**
 * Returns the command that activates the run's virtual environment in each phase, for the target and the user's
 * commands.
 */
export function pythonPreamble(build: BuildOptions, kind: Invocation['kind']): string[] {
  if (!hasPythonEnvironment(build, kind)) return [];
  const exported = [
    `VIRTUAL_ENV="${ENVIRONMENT}"`,
    `PATH="${ENVIRONMENT}/bin:${PIPX}/bin:$PATH"`,
    `PIPX_HOME="${PIPX}" PIPX_BIN_DIR="${PIPX}/bin"`,
    'PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1',
  ];
  return [`export ${exported.join(' ')}`];
}

/**
 * Returns the commands that create the run's virtual environment and install into it: the Python code in the bundle, if
 * the target is a Python function, and the modules. Commands with `-m` run isolated (`-I`), because Python would
 * otherwise import from the working directory first.
 * @param isKept whether the environment may have been restored from the cache
 */
export function pythonInstallCommands(
  build: BuildOptions,
  kind: Invocation['kind'],
  isKept = false,
): string[] {
  if (!hasPythonEnvironment(build, kind)) return [];
  const { pythonModules = [], pipxModules = [], pythonInstaller } = build;
  const words = pythonModules.map(shellQuoted);
  const chosen = pythonInstaller === undefined ? [] : [`--installer=${pythonInstaller}`];
  // A restored environment already has pip. `venv` creates only its links and settings again, with the paths of this
  // build.
  const withoutPip = isKept ? `$([ ! -d "${ENVIRONMENT}" ] || echo --without-pip) ` : '';
  const restored = isKept ? [`$([ ! -e "${RESTORED}" ] || echo --restored)`] : [];
  const install =
    kind === 'python'
      ? [
          [
            PYTHON,
            `"${SOURCE}/${BUNDLE_PATHS.pythonRunner}/install.py"`,
            ...restored,
            ...chosen,
            ...words,
          ].join(' '),
        ]
      : moduleInstall(words, pythonInstaller).map((command) =>
          isKept ? `[ -e "${RESTORED}" ] || { ${command}; }` : command,
        );
  return [
    // `hash -r` clears the shell's cached path of python3, because the virtual environment has another python3.
    `python3 -I -m venv ${withoutPip}"${ENVIRONMENT}" && hash -r`,
    ...install,
    ...pipxInstall(pipxModules.map(shellQuoted)),
  ];
}

/** Returns whether a build has a virtual environment. */
export function hasPythonEnvironment(
  { pythonModules, pipxModules }: BuildOptions,
  kind: Invocation['kind'],
): boolean {
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
