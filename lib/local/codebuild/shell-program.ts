import { join } from 'node:path';

/** File descriptors with numbers that scripts normally do not use. */
const OUTPUT = 197;
const COMMANDS = 198;

/**
 * Returns the bash program of a build, which consists of two processes:
 *
 * - The leader runs as long as the build and leads its process group. It starts the worker, and starts another worker
 *   with the same environment and folder if a command ends the worker (`exit 3`, `exec`).
 * - The worker reads commands from a pipe and evaluates each in its own shell, so that later commands keep variables,
 *   functions and the folder. After each command it prints a mark with the exit status, so all output before the mark
 *   belongs to the command.
 *
 * Both programs are passed as arguments of bash, because creating and removing a file would take longer than the rest
 * of the start. The worker gets the name of a file as its `$0`, which bash prints at the beginning of its messages.
 *
 * @param stateFolder folder for the environment and working folder that workers hand on
 * @param marker text in the mark after a command
 * @param agent program that starts beside the commands
 */
export function shellProgram(stateFolder: string, marker: string, agent = ''): string {
  const state = quote(stateFolder);
  const name = quote(join(stateFolder, 'worker.sh'));
  const writeMark = `printf '\\036%s:%s\\036' ${marker} "$__codebuild_status" >&${OUTPUT}`;
  const worker = `
source ${state}/environment
IFS= read -r -d '' __codebuild_directory <${state}/directory || :
cd -- "\${__codebuild_directory%$'\\n'}"
unset __codebuild_directory
__codebuild_save() { export -p >|${state}/environment; pwd >|${state}/directory; }
trap '{ __codebuild_save; } 2>/dev/null' EXIT
while { IFS= read -r -d '' -u ${COMMANDS} __codebuild_command; } 2>/dev/null; do
  eval "$__codebuild_command" ${OUTPUT}>&- ${COMMANDS}<&-
  { __codebuild_status=$?; __codebuild_save; ${writeMark}; } 2>/dev/null
done
: >|${state}/end
`;
  return `
exec ${OUTPUT}>&1 ${COMMANDS}<&3 3<&-
export -p >${state}/environment
pwd >${state}/directory
${agent}
while [ ! -e ${state}/end ]; do
  (exec -c "$BASH" --noprofile --norc -c ${quote(worker)} ${name})
  __codebuild_status=$?
  ${writeMark}
done
`;
}

/**
 * Returns the arguments with which bash runs a build's leader. It first closes all inherited files except file
 * descriptor 3, from which it reads commands. LevelDB opens its files in a way that child processes inherit, so a
 * build could otherwise write to the databases.
 */
export function leaderArguments(program: string): readonly string[] {
  const closeOthers =
    'for __codebuild_fd in /dev/fd/*; do __codebuild_fd=${__codebuild_fd##*/}; case $__codebuild_fd in [0-3] | *[!0-9]*) ;; *) eval "exec $__codebuild_fd>&-" ;; esac; done; unset __codebuild_fd';
  return ['--noprofile', '--norc', '-c', `${closeOthers}\n${program}`];
}

/** Quotes a text as one word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
