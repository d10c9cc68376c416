import { chmodSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import type { VarFolder } from './var-folders.js';
import type { Workspace } from './workspace.js';

/** A line of an fstab. */
type Mount = Readonly<Record<'source' | 'target' | 'type' | 'options', string>>;

export interface BuildMountsInput {
  readonly workspace: Pick<Workspace, 'folder' | 'temporary' | 'shell' | 'machine'>;
  /**
   * Data folder of the local AWS: an absolute path without links. In it, the build sees only its own workspace.
   */
  readonly dataFolder: string;
  /**
   * Paths that the build needs, such as folders of PATH in /tmp. They stay visible although the build has its own
   * /tmp.
   */
  readonly needed: readonly string[];
  readonly inVar: VarFolder;
}

/** A folder of the machine, and the folder that a build sees in its place. */
interface Replacement {
  readonly folder: string;
  readonly own: string;
  /** Names of entries of the machine's folder that the build still sees. */
  readonly kept: readonly string[];
}

// The names of the sources differ from those of the machine's mounts, because `mount --all` skips a source that is
// mounted already.
const MEMORY: Mount = {
  source: 'build-memory',
  target: '/dev/shm',
  type: 'tmpfs',
  options: 'mode=1777,nosuid,nodev',
};
const PROCESSES: Mount = {
  source: 'build-processes',
  target: '/proc',
  type: 'proc',
  options: 'nosuid,nodev,noexec',
};
/**
 * A file system in memory, for the folders on the path to the build's workspace and for the files of its shell. It is
 * removed with the build's processes.
 */
const OF_BUILD: Pick<Mount, 'type' | 'options'> = { type: 'tmpfs', options: 'mode=0755,nosuid,nodev' };

/**
 * Plans the mounts that give a build its own /tmp, /var/tmp, /var/scripts, /dev/shm and /proc, and hide the data folder
 * except for the build's workspace. Creates the mount points in the workspace.
 */
export function prepareBuildMounts({ workspace, dataFolder, needed, inVar }: BuildMountsInput) {
  const tmp: Replacement = { folder: '/tmp', own: workspace.temporary, kept: namesBelow('/tmp', needed) };
  const keptInVarTmp = namesBelow('/var/tmp', needed);
  const varTmp: Replacement = {
    folder: '/var/tmp',
    own: join(workspace.machine, 'var-tmp'),
    kept: keptInVarTmp,
  };
  const variable: Replacement = { folder: '/var', own: inVar.path, kept: inVar.kept };
  for (const { own } of [varTmp, tmp]) {
    mkdirSync(own, { recursive: true });
    chmodSync(own, 0o1777);
  }
  const keep = [
    ...inVar.mounted.map((name) => bind(join('/var', name), join(inVar.path, name))),
    ...keepEntries(varTmp),
    bind(varTmp.own, join(inVar.path, 'tmp')),
    ...keepEntries(tmp),
  ];
  const data: Replacement = { folder: dataFolder, own: join(workspace.machine, 'data'), kept: [] };
  const isAround = ({ folder }: Replacement): boolean => isBelow(dataFolder, folder);
  // If one of these folders contains the data folder, it is replaced last, because the sources of all mounts are in
  // the data folder.
  const replaced = isAround(variable) ? [tmp, variable] : [variable, tmp];
  return {
    /** The mounts in the order in which they are made. */
    mounts: [
      ...keep,
      ...hideData(data, workspace.folder, replaced.find(isAround), replaced),
      { ...OF_BUILD, source: 'build-shell', target: workspace.shell },
      ...(isFolder(MEMORY.target) ? [MEMORY] : []),
      PROCESSES,
    ],
    /** Converts a path of the build to its path on the machine. The path must have no links. */
    outside: (path: string) => outsideOf(path, workspace, [varTmp, variable, tmp], dataFolder),
  };
}

/** Returns the text of an fstab with these mounts. @see fstab(5) */
export function fstabOf(mounts: readonly Mount[]): string {
  const field = (text: string): string =>
    text.replace(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return mounts
    .map(({ source, target, type, options }) => `${field(source)} ${field(target)} ${type} ${options} 0 0\n`)
    .join('');
}

/**
 * Returns the mounts that replace the folders, and the mounts that hide the data folder except for the workspace.
 */
function hideData(
  data: Replacement,
  workspace: string,
  around: Replacement | undefined,
  replaced: readonly Replacement[],
): Mount[] {
  mkdirSync(data.own);
  const place = join(data.own, relative(data.folder, workspace));
  const own: Mount[] = [
    { ...OF_BUILD, source: 'build-data', target: data.own },
    { ...bind(workspace, place), options: 'bind,X-mount.mkdir' },
  ];
  const replace = replaced.map(({ own, folder }) => bind(own, folder));
  if (around === undefined) return [...replace, ...own, bind(data.own, data.folder)];
  const target = join(around.own, relative(around.folder, data.folder));
  mkdirSync(target, { recursive: true });
  return [...own, bind(data.own, target), ...replace];
}

/**
 * Creates the kept entries of a folder in its replacement: a link as a link, a file or folder as a mount point.
 * @returns the mounts that make the files and folders visible there
 */
function keepEntries({ folder, own, kept }: Replacement): Mount[] {
  const mounts: Mount[] = [];
  for (const name of kept) {
    const [source, target] = [join(folder, name), join(own, name)];
    const entry = lstatSync(source, { throwIfNoEntry: false });
    if (entry?.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    if (entry?.isDirectory()) mkdirSync(target);
    if (entry?.isFile()) writeFileSync(target, '');
    if (entry?.isDirectory() || entry?.isFile()) mounts.push(bind(source, target));
  }
  return mounts;
}

function outsideOf(
  path: string,
  workspace: BuildMountsInput['workspace'],
  replaced: readonly Replacement[],
  dataFolder: string,
): string {
  if (path === workspace.folder || isBelow(path, workspace.folder)) return path;
  // The contents of these folders were in memory of the build, so they no longer exist. Returns a path that does not
  // exist.
  const isGone = [dataFolder, MEMORY.target, PROCESSES.target].some(
    (target) => path === target || isBelow(path, target),
  );
  if (isGone) return join(workspace.machine, 'gone');
  const found = replaced.find(({ folder }) => path === folder || isBelow(path, folder));
  if (found !== undefined) {
    const [name = ''] = namesBelow(found.folder, [path]);
    return found.kept.includes(name) ? path : join(found.own, relative(found.folder, path));
  }
  return path;
}

/**
 * Returns the names of the folder's entries that contain the given paths. Ignores paths outside of the folder.
 */
function namesBelow(folder: string, paths: readonly string[]): string[] {
  const below = paths.filter((path) => isBelow(path, folder));
  return [...new Set(below.map((path) => relative(folder, path).split(sep)[0] ?? ''))];
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

function bind(source: string, target: string): Mount {
  return { source, target, type: 'none', options: 'rbind' };
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
