/**
 * The two small bash programs of a build. The leader lives as long as the build and leads its process group; it
 * starts a worker, and another one where a command ended the worker (`exit 3`, `exec`), with the environment
 * and folder as they were left. The worker takes commands from a pipe and evaluates each in itself, so
 * variables, functions and folder carry over. The end of a command is told in the output itself, so that
 * whatever the command wrote is read before.
 */
export interface ShellProgram {
  readonly leader: string;
  readonly worker: string;
}

/** Numbers far from those that scripts use for files of their own. */
const OUTPUT = 197;
const COMMANDS = 198;

/** @param marker what tells the end of a command, besides its status */
export function shellProgram(stateFolder: string, marker: string): ShellProgram {
  const state = quote(stateFolder);
  const tell = `printf '\\036%s:%s\\036' ${marker} "$__codebuild_status" >&${OUTPUT}`;
  const leader = `
exec ${OUTPUT}>&1 ${COMMANDS}<&3 3<&-
export -p >${state}/environment
pwd >${state}/directory
while [ ! -e ${state}/end ]; do
  (exec -c "$BASH" --noprofile --norc ${state}/worker.sh)
  __codebuild_status=$?
  ${tell}
done
`;
  const worker = `
source ${state}/environment
cd -- "$(<${state}/directory)"
__codebuild_save() { export -p >|${state}/environment; pwd >|${state}/directory; }
trap '{ __codebuild_save; } 2>/dev/null' EXIT
while { IFS= read -r -d '' -u ${COMMANDS} __codebuild_command; } 2>/dev/null; do
  eval "$__codebuild_command" ${OUTPUT}>&- ${COMMANDS}<&-
  { __codebuild_status=$?; __codebuild_save; ${tell}; } 2>/dev/null
done
: >|${state}/end
`;
  return { leader, worker };
}

/** One word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
