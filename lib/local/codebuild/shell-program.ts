import { join } from 'node:path';

/** File descriptors with numbers that scripts normally do not use. */
const OUTPUT = 197;
const COMMANDS = 198;

/**
 * Returns the bash program of a build. This leader runs as long as the build and leads its process group. It starts a
 * worker. If a command ends the worker (`exit 3`, `exec`), it starts another one with the same environment and folder.
 * The worker reads commands from a pipe and evaluates each in its own shell, so that later commands keep variables,
 * functions and folder. After each command it prints a mark, so all output before the mark belongs to the command.
 *
 * Both are arguments of bash instead of files, because creating and removing a file takes longer than the rest of the
 * start. The worker has the name of a file, with which bash begins its messages.
 *
 * @param stateFolder folder for the files of the two
 * @param marker text of the mark after a command, which also has the status
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
 * descriptor 3, which has the program. LevelDB opens its files so that child processes inherit them, and a build could
 * otherwise write to the databases.
 */
export function leaderArguments(program: string): readonly string[] {
  const closeOthers =
    'for __codebuild_fd in /dev/fd/*; do __codebuild_fd=${__codebuild_fd##*/}; case $__codebuild_fd in [0-3] | *[!0-9]*) ;; *) eval "exec $__codebuild_fd>&-" ;; esac; done; unset __codebuild_fd';
  return ['--noprofile', '--norc', '-c', `${closeOthers}\n${program}`];
}

/** Quotes a text as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
