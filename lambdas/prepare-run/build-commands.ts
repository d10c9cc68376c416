import { BUILD_VARIABLES, BUNDLE_PATHS, INVOCATION_FILE, type Invocation } from '../../lib/contract/index.js';
import { pythonTargetCommand } from './python-commands.js';
import { shellQuoted } from './shell-quoted.js';

/** CodeBuild puts the source of this identifier at `CODEBUILD_SRC_DIR_<identifier>`. */
export const INPUT_SOURCE_IDENTIFIER = 'codeseeder_input';

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
    const file = `$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}/${INVOCATION_FILE}`;
    exported.push(`${BUILD_VARIABLES.invocationFile}="${file}"`);
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

/** The target itself. Commands are the user's own text; nothing else of a request reaches the shell unquoted. */
export function targetCommands(invocation: Invocation): string[] {
  switch (invocation.kind) {
    case 'node':
      return [`node --enable-source-maps "$CODEBUILD_SRC_DIR/${BUNDLE_PATHS.nodeRunner}"`];
    case 'python':
      return [pythonTargetCommand];
    case 'commands':
      return invocation.target;
  }
}
