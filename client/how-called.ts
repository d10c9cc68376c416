import path from 'node:path';

/** Commands of this program, for {@link asCalled}. A test holds them to the program. */
export const COMMAND_NAMES: readonly string[] = [
  ...['run', 'map', 'execute', 'runs', 'maps', 'locks', 'console', 'publish', 'start', 'targets'],
  ...['schedules', 'init', 'deploy', 'destroy', 'doctor', 'upgrade', 'completion', 'local'],
];

/** The name of this program in a command: before one of its commands or `--help`, and without npx before it. */
const COMMAND = new RegExp(
  `(?<![\\w./@-]|npx |exec )codeseeder(?= (?:(?:${COMMAND_NAMES.join('|')})(?![\\w-])|(?:COMMAND )?--help))`,
  'g',
);

/**
 * Returns how users start this program from their working folder: `npx codeseeder` if it is installed in a project
 * that has the folder, or if npx has downloaded it, else `codeseeder`.
 *
 * @param script path of the program's file, as in `process.argv[1]`. The path of a link is not resolved
 */
export function programOf(script: string | undefined, workingFolder: string): string {
  const [project, ...inside] = (script ?? '').split(/[\\/]node_modules[\\/]/);
  if (project === undefined || inside.length === 0) return 'codeseeder';
  const below = path.relative(project, workingFolder);
  const isInProject = below !== '..' && !below.startsWith(`..${path.sep}`);
  return isInProject || path.basename(path.dirname(project)) === '_npx' ? 'npx codeseeder' : 'codeseeder';
}

/**
 * Returns a text in which commands of this program start as users start it. Texts that are made without a terminal,
 * such as errors of the client, name the program alone.
 */
export function asCalled(text: string, { program }: { readonly program: string }): string {
  return text.replaceAll(COMMAND, program);
}
