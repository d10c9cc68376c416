/**
 * The debug session of a build: how a shell is opened in its folder, environment and namespaces, and how the build
 * waits at a breakpoint. All of it goes through named pipes in a folder that only the user of the local AWS can open.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { NamedPipes } from './named-pipes.js';
import { quote } from './shell-program.js';
import type { Workspace } from './workspace.js';

/** Prefix of the `sessionTarget` of a build of a local AWS. The session's folder follows it. */
export const LOCAL_TARGET = 'local:';

/** Names of the files in the folder of a session. */
export const SESSION_FILES = {
  /** Pipe from which the agent in the build reads the names of shells to start. */
  request: 'request',
  /** Pipe from which a breakpoint reads that the build continues. */
  resume: 'resume',
  /** Exists while the build waits at a breakpoint. */
  waiting: 'waiting',
  /** Folder with the two commands. */
  commands: 'bin',
  /** The bash program of one shell, in the shell's own folder. Its argument is the folder with the build's state. */
  start: 'start',
} as const;

/** Makes the folder of a build's session. @returns its path */
export async function makeDebugSession(workspace: Workspace, pipes: NamedPipes): Promise<string> {
  const folder = join(workspace.folder, 'session');
  const file = (name: keyof typeof SESSION_FILES) => join(folder, SESSION_FILES[name]);
  mkdirSync(file('commands'), { recursive: true, mode: 0o700 });
  await pipes.make(file('request'));
  await pipes.make(file('resume'));
  const [waiting, resume] = [quote(file('waiting')), quote(file('resume'))];
  writeCommand(join(file('commands'), 'codebuild-breakpoint'), [
    `: > ${waiting}`,
    `echo 'The build waits. "codeseeder runs shell" opens a shell in it, and codebuild-resume continues it.'`,
    `read -r _ < ${resume}`,
    `rm -f ${waiting}`,
  ]);
  writeCommand(join(file('commands'), 'codebuild-resume'), [
    `[ -e ${waiting} ] || { echo 'The build does not wait at a breakpoint.'; exit 0; }`,
    `echo resume > ${resume}`,
  ]);
  return folder;
}

function writeCommand(path: string, lines: readonly string[]): void {
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`);
  chmodSync(path, 0o700);
}

/** Returns the environment of a build that has the two commands. */
export function withDebugCommands(
  environment: Readonly<Record<string, string>>,
  session: string,
): Record<string, string> {
  const commands = join(session, SESSION_FILES.commands);
  return { ...environment, PATH: [commands, environment['PATH'] ?? ''].join(delimiter) };
}

/**
 * Returns the bash program that starts shells in the build. It runs beside the commands, without their input and
 * output. It turns on job control (`set -m`), because otherwise the processes of a shell would ignore Ctrl-C. A shell
 * starts with `CODEBUILD_BUILD_ID` only, by which the processes of a build are found, and loads the other variables
 * itself.
 */
export function sessionAgent(session: string, stateFolder: string): string {
  const folder = quote(session);
  return `
(
  exec </dev/null >/dev/null 2>&1
  set -m
  for __codebuild_fd in /dev/fd/*; do __codebuild_fd=\${__codebuild_fd##*/}; case $__codebuild_fd in [0-2] | *[!0-9]*) ;; *) eval "exec $__codebuild_fd>&-" ;; esac; done
  exec 9<>${folder}/${SESSION_FILES.request}
  while IFS= read -r __codebuild_shell <&9; do
    case $__codebuild_shell in '' | *[!a-z0-9-]*) continue ;; esac
    env -i CODEBUILD_BUILD_ID="$CODEBUILD_BUILD_ID" "$BASH" --noprofile --norc ${folder}/"$__codebuild_shell"/${SESSION_FILES.start} ${quote(stateFolder)} 9>&- &
  done
) &
`;
}
