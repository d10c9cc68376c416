import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { access, constants, lstat, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { fstabOf, prepareBuildMounts, type BuildMountsInput } from './build-mounts.js';
import { leaderArguments, quote } from './shell-program.js';
import { createVarFolders } from './var-folders.js';
import { makeWorkspace, type Workspace } from './workspace.js';

/** Whether the builds of a local AWS are isolated from each other, and the reason if they are not. */
export type BuildIsolation =
  /** Builds have their own `/tmp` and processes. */
  | { readonly kind: 'namespaces' }
  /** Builds share the `/tmp` and the processes of the machine. */
  | {
      readonly kind: 'none';
      /** The reason as a sentence. */
      readonly reason: string;
    };

/** Prepares the start of builds, and cleans up after them. */
export interface BuildStarting {
  readonly isolation: BuildIsolation;
  /**
   * Prepares the start of a build's shell.
   * @param needed paths of the machine that stay visible
   */
  prepare(workspace: Workspace, needed: readonly string[]): ShellStart;
  /**
   * Keeps what a build used, such as its replacement of /var, so that later builds can use it again. The processes of
   * the build must have ended, and its files must have been read.
   */
  release(workspace: Workspace): Promise<void>;
  /** Removes what a build used. Does nothing after `release`. */
  discard(workspace: Workspace): Promise<void>;
  /** Removes what the builds shared. No build may be running. */
  close(): Promise<void>;
}

/** The command that starts a build's shell, and the paths that the shell sees. */
export interface ShellStart {
  /**
   * Returns the command that starts a bash program.
   * @param program the text of the program
   * @param directory where the program starts
   */
  command(program: string, directory: string): readonly [string, ...string[]];
  /**
   * Whether the command runs in namespaces. If so, it writes the process id of the build's first process to file
   * descriptor 4, and its standard error contains only errors of creating the namespaces, no output of the build.
   */
  readonly isInNamespaces: boolean;
  /** Folder for temporary files, as the build sees it. */
  readonly temporary: string;
  /** Converts a path of the build to its path on the machine. The path must have no links. */
  outside(path: string): string;
}

/** Programs of util-linux. */
interface Programs {
  readonly unshare: string;
  readonly mount: string;
  readonly setsid: string;
  readonly bash: string;
  /** Path of setpriv; undefined if the user is not root or setpriv cannot remove rights from a process. */
  readonly setpriv: string | undefined;
}

export interface IsolationOptions {
  /** Absolute path without links. */
  readonly dataFolder: string;
  readonly workFolder: string;
  /** `namespaces` isolates builds from each other if the system allows it. */
  readonly wanted: 'namespaces' | 'none';
}

/** Folders with the programs of the system. They are searched even if PATH does not contain them. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
const TRIAL_TIMEOUT_MS = 60_000;

/**
 * Checks whether builds can be isolated by namespaces: starts a test program in the same way as a build. Removes the
 * workspace of that program; other files of the work folder stay.
 */
export async function findBuildStarting(options: IsolationOptions): Promise<BuildStarting> {
  if (options.wanted === 'none')
    return sharedMachine('The local AWS was started without namespaces for builds.');
  if (process.platform !== 'linux') return sharedMachine('Isolating builds needs the namespaces of Linux.');
  try {
    const programs = await findPrograms();
    const apart = startingApart(programs, options);
    await apart.close();
    await runTrial(apart, options.workFolder).catch(async (error: unknown) => {
      await apart.close();
      throw error;
    });
    return apart;
  } catch (error) {
    return sharedMachine(reasonOf(error));
  }
}

function sharedMachine(reason: string): BuildStarting {
  return {
    isolation: { kind: 'none', reason },
    prepare: ({ temporary }) => ({
      command: (program) => ['bash', ...leaderArguments(program)],
      isInNamespaces: false,
      temporary,
      outside: (path) => path,
    }),
    release: async () => undefined,
    discard: async () => undefined,
    close: async () => undefined,
  };
}

function startingApart(programs: Programs, { dataFolder }: IsolationOptions): BuildStarting {
  const varFolders = createVarFolders(join(dataFolder, 'codebuild', 'var'));
  return {
    isolation: { kind: 'namespaces' },
    prepare: (workspace, needed) =>
      prepareNamespaces(programs, {
        dataFolder,
        workspace,
        needed,
        inVar: varFolders.take(workspace.folder),
      }),
    release: ({ folder }) => varFolders.release(folder),
    discard: ({ folder }) => varFolders.discard(folder),
    close: () => varFolders.removeAll(),
  };
}

function prepareNamespaces(programs: Programs, input: BuildMountsInput): ShellStart {
  const own = prepareBuildMounts(input);
  return {
    command(program, directory) {
      const fstab = join(input.workspace.machine, 'fstab');
      writeFileSync(fstab, fstabOf(own.mounts));
      const enter = enterProgram(programs, { fstab, directory, program });
      return [programs.unshare, ...namespacesOf(), '--', '/bin/sh', '-c', enter];
    },
    isInNamespaces: true,
    temporary: '/tmp',
    outside: (path) => own.outside(path),
  };
}

/**
 * Returns the options of `unshare` for a build. Root needs no user namespace, and without one it can change the
 * owners of files. Any other user may mount only as root of a user namespace.
 */
function namespacesOf(): string[] {
  const own = ['--mount', '--pid', '--ipc', '--fork', '--kill-child'];
  return isRoot() ? own : ['--user', '--map-root-user', ...own];
}

/**
 * Arguments of setpriv that keep a program, and the programs that it starts, from undoing mounts.
 * @see capabilities(7)
 */
const WITHOUT_MOUNTING = ['--bounding-set=-sys_admin', '--inh-caps=-sys_admin'];

/**
 * Returns the bash program that makes the mounts and then becomes the build's first process, in a session of its own.
 * The build cannot undo the mounts: root loses the right to do so, and any other user gets its own user id back in a
 * second user namespace.
 */
function enterProgram(
  { unshare, mount, setsid, bash, setpriv }: Programs,
  { fstab, directory, program }: { fstab: string; directory: string; program: string },
): string {
  const user = `--map-user=${process.getuid?.()} --map-group=${process.getgid?.()}`;
  const asRoot = setpriv === undefined ? '' : `${quote(setpriv)} ${WITHOUT_MOUNTING.join(' ')} -- `;
  const becomeUser = isRoot() ? asRoot : `${quote(unshare)} --user ${user} -- `;
  return `
read -r __codebuild_pid __codebuild_rest </proc/self/stat
${quote(mount)} -n --all --fstab ${quote(fstab)} || exit
cd -- ${quote(directory)} || exit
echo "$__codebuild_pid" >&4
exec ${quote(setsid)} ${becomeUser}${[bash, ...leaderArguments(program)].map(quote).join(' ')} 2>&1 4>&-
`;
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

async function findPrograms(): Promise<Programs> {
  for (const folder of ['/tmp', '/var']) {
    if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is a link.`);
  }
  return {
    unshare: await findProgram('unshare'),
    mount: await findProgram('mount'),
    setsid: await findProgram('setsid'),
    bash: await findProgram('bash'),
    setpriv: isRoot() ? await findSetpriv() : undefined,
  };
}

async function findSetpriv(): Promise<string | undefined> {
  try {
    const setpriv = await findProgram('setpriv');
    await promisify(execFile)(setpriv, [...WITHOUT_MOUNTING, '--', 'true'], { timeout: TRIAL_TIMEOUT_MS });
    return setpriv;
  } catch {
    return undefined;
  }
}

async function findProgram(name: string): Promise<string> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    const path = join(folder, name);
    if (path.startsWith('/') && (await isExecutable(path))) return path;
  }
  throw new Error(`PATH has no ${name}, which is part of util-linux.`);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Starts a test program in the same way as a build.
 * @throws Error if the program does not start, or sees the machine's own folders
 */
async function runTrial(starting: BuildStarting, workFolder: string): Promise<void> {
  const workspace = await makeWorkspace(workFolder, `trial-${randomUUID()}`);
  try {
    await mkdir(workspace.shell);
    await writeFile(join(workspace.temporary, 'own'), '');
    const program =
      '[ $$ = 1 ] && [ -e /tmp/own ] && mkdir /var/scripts && : >/dev/null && : >"$HOME/done"\n';
    const start = starting.prepare(workspace, []);
    const [file, ...args] = start.command(program, workspace.source);
    await promisify(execFile)('/bin/sh', ['-c', 'exec 4>/dev/null; exec "$@"', 'sh', file, ...args], {
      env: { PATH: SYSTEM_FOLDERS.join(delimiter), HOME: workspace.home, LC_ALL: 'C' },
      timeout: TRIAL_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    await access(join(workspace.home, 'done'));
  } finally {
    await starting.discard(workspace);
    await workspace.remove();
  }
}

/** Returns the output of the failed program or, without output, the error's message as one sentence. */
function reasonOf(error: unknown): string {
  const printed = (error as { stderr?: string }).stderr?.trim().split('\n')[0];
  const message = error instanceof Error ? error.message : String(error);
  return `The system does not allow namespaces: ${(printed || message).replace(/\.$/, '')}.`;
}
