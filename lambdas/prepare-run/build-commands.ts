import {
  BUILD_VARIABLES,
  type BuildOptions,
  BUNDLE_PATHS,
  INVOCATION_FILE,
  type Invocation,
} from '../../lib/contract/index.js';
import { INPUT_FOLDER } from './layer-sources.js';
import { pythonTargetCommand } from './python-commands.js';
import { shellQuoted } from './shell-quoted.js';

/** The output's folder below the source folder, as the buildspec's `base-directory` counts. */
export const OUTPUT_FOLDER = 'codeseeder-output';

/** An empty output fails UPLOAD_ARTIFACTS; a name without a leading dot matches `**` by every reading of globs. */
const MARKER_FILE = 'codeseeder-run.json';

/**
 * What each phase starts with. Every phase has it, because after a failure a phase may start in a new shell, and
 * the output folder must exist whatever phase failed. One command, because each is a line of the log.
 */
export function phasePreamble(kind: Invocation['kind']): string {
  const outputDir = `$${BUILD_VARIABLES.outputDir}`;
  const exported = [`${BUILD_VARIABLES.outputDir}="$CODEBUILD_SRC_DIR/${OUTPUT_FOLDER}"`];
  if (kind !== 'commands') {
    exported.push(`${BUILD_VARIABLES.invocationFile}="${INPUT_FOLDER}/${INVOCATION_FILE}"`);
  }
  return [
    `export ${exported.join(' ')}`,
    `mkdir -p "${outputDir}"`,
    `printf '{"runId":"%s"}\\n' "$${BUILD_VARIABLES.runId}" > "${outputDir}/${MARKER_FILE}"`,
  ].join(' && ');
}

/** Installs the packages globally, each one word of the shell whatever its range holds. */
export function npmInstallCommand(packages: Readonly<Record<string, string>> = {}): string[] {
  const words = Object.entries(packages).map(([name, range]) => shellQuoted(`${name}@${range}`));
  return words.length === 0 ? [] : [`npm install -g -- ${words.join(' ')}`];
}

/** Goes to the folder that the user's own commands and the target start in. */
export function enterFolderCommands({ workingDirectory }: BuildOptions): string[] {
  if (workingDirectory === undefined) return [];
  const message = `codeseeder: the bundle has no folder ${workingDirectory}, which is its workingDirectory`;
  const enter = `cd -- "$CODEBUILD_SRC_DIR"/${shellQuoted(workingDirectory)} 2> /dev/null`;
  return [`{ ${enter} || { echo ${shellQuoted(message)} >&2; false; }; }`];
}

/** The target itself. Commands are the user's own text; nothing else of a request reaches the shell unquoted. */
export function targetCommands(invocation: Invocation, build: BuildOptions): string[] {
  switch (invocation.kind) {
    case 'node':
      return [exporting(`node --enable-source-maps "$CODEBUILD_SRC_DIR/${BUNDLE_PATHS.nodeRunner}"`, build)];
    case 'python':
      return [exporting(pythonTargetCommand, build)];
    case 'commands':
      return invocation.target;
  }
}

/**
 * Gives the build's shell the variables that a function set, however it ended: CodeBuild reads exported variables from
 * the shell. The command ends as the function's process did, also in a shell that ends with the first failed command.
 */
function exporting(command: string, { exportedVariables = [] }: BuildOptions): string {
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
