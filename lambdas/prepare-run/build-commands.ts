import {
  BUILD_VARIABLES,
  type BuildOptions,
  BUNDLE_PATHS,
  INVOCATION_FILE,
  type InvocationHead,
  RESULT_FILE,
} from '../../lib/contract/index.js';
import { secretNames } from './hide-exported.js';
import { INPUT_FOLDER } from './layer-sources.js';
import { pythonTargetCommand } from './python-commands.js';
import { shellQuoted } from './shell-quoted.js';

/** Folder of the run's output, relative to the source folder: the buildspec's `base-directory`. */
export const OUTPUT_FOLDER = 'codeseeder-output';

/** Name of a file in the output folder. An empty output would fail UPLOAD_ARTIFACTS. Every glob matches this name. */
const MARKER_FILE = 'codeseeder-run.json';

/**
 * Returns the first command of each phase. Every phase has it: after a failure, a phase may start in a new shell, and
 * the output folder must exist whichever phase failed. It is a single command because CodeBuild prints a line to the
 * log for each command.
 */
export function phasePreamble(kind: InvocationHead['kind']): string {
  const outputDir = `$${BUILD_VARIABLES.outputDir}`;
  const exported = [`${BUILD_VARIABLES.outputDir}="$CODEBUILD_SRC_DIR/${OUTPUT_FOLDER}"`];
  if (kind !== 'commands') {
    exported.push(`${BUILD_VARIABLES.invocationFile}="${INPUT_FOLDER}/${INVOCATION_FILE}"`);
  }
  return [
    `export ${exported.join(' ')}`,
    `{ [ -d "${outputDir}" ] || mkdir -p "${outputDir}"; }`,
    `printf '{"runId":"%s"}\\n' "$${BUILD_VARIABLES.runId}" > "${outputDir}/${MARKER_FILE}"`,
  ].join(' && ');
}

/** Returns the command that installs npm packages globally, with each package quoted. */
export function npmInstallCommand(packages: Readonly<Record<string, string>> = {}): string[] {
  const words = Object.entries(packages).map(([name, range]) => shellQuoted(`${name}@${range}`));
  return words.length === 0 ? [] : [`npm install -g -- ${words.join(' ')}`];
}

/**
 * Returns the command that fails with a message if the image has no Node.js. Python needs no such command, because
 * creating the virtual environment fails if the image has no Python.
 */
export function languageCheck(kind: InvocationHead['kind']): string[] {
  if (kind !== 'node') return [];
  const message =
    'codeseeder: the image has no node; use an image with Node.js, or set runtimeVersions or installCommands that install it';
  return [`command -v node > /dev/null || { echo ${shellQuoted(message)} >&2; false; }`];
}

/** Returns the command that changes to the working directory of the user's commands and the target. */
export function enterFolderCommands({ workingDirectory }: BuildOptions): string[] {
  if (workingDirectory === undefined) return [];
  const message = `codeseeder: the bundle has no folder ${workingDirectory}, which is its workingDirectory`;
  const enter = `cd -- "$CODEBUILD_SRC_DIR"/${shellQuoted(workingDirectory)} 2> /dev/null`;
  return [`{ ${enter} || { echo ${shellQuoted(message)} >&2; false; }; }`];
}

/**
 * Returns the commands of the target. Only the user's own commands reach the shell unquoted.
 * @param invocationSha256 SHA-256 that the runner compares with the invocation that it reads
 */
export function targetCommands(
  invocation: InvocationHead,
  build: BuildOptions,
  invocationSha256: string | undefined,
): string[] {
  const variable =
    invocationSha256 === undefined ? '' : `${BUILD_VARIABLES.invocationSha256}=${invocationSha256} `;
  switch (invocation.kind) {
    case 'node': {
      const runner = `node --enable-source-maps "$CODEBUILD_SRC_DIR/${BUNDLE_PATHS.nodeRunner}"`;
      return [exporting(`${variable}${runner}`, build)];
    }
    case 'python':
      return [exporting(`${variable}${pythonTargetCommand}`, build)];
    case 'commands':
      return invocation.target;
  }
}

/**
 * Exports the SHA-256 and the size of the result in the build's shell, which CodeBuild reports and no other build can
 * change. Exports nothing if there is no result. This command never fails.
 */
export const exportDigestCommand = [
  `export ${BUILD_VARIABLES.result}="$(cd "$CODEBUILD_SRC_DIR/${OUTPUT_FOLDER}" 2> /dev/null`,
  `[ -f ${RESULT_FILE} ]`,
  `{ S=$(sha256sum < ${RESULT_FILE} 2> /dev/null) || S=$(shasum -a 256 < ${RESULT_FILE}); }`,
  `printf '%s:%d' "\${S%% *}" "$(wc -c < ${RESULT_FILE})")"`,
].join(' && ');

/**
 * Sets in the build's shell the variables that a function exported, even if it failed: CodeBuild reads exported
 * variables from the shell. Keeps the exit status of the function's process, even in a shell with `set -e`.
 */
function exporting(target: string, build: BuildOptions): string {
  const { exportedVariables = [] } = build;
  const command = `${hiding(build)}${target}`;
  if (exportedVariables.length === 0) return command;
  const file = `"${INPUT_FOLDER}/exported-variables.sh"`;
  const names = shellQuoted([...new Set(exportedVariables)].join(' '));
  const variables = `${BUILD_VARIABLES.exportedNames}=${names} ${BUILD_VARIABLES.exportsFile}=${file}`;
  return [
    'CODESEEDER_STATUS=0',
    `${variables} ${command} || CODESEEDER_STATUS=$?`,
    `[ ! -f ${file} ] || . ${file} || true`,
    '(exit "$CODESEEDER_STATUS")',
  ].join('; ');
}

/** Returns the setting that tells the runner the names of variables whose values it must hide. */
function hiding(build: BuildOptions): string {
  const names = secretNames(build);
  return names.length === 0 ? '' : `${BUILD_VARIABLES.secretNames}=${shellQuoted(names.join(' '))} `;
}
