import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { removeFolder } from './workspace.js';

/** Names in /var that each build has for itself. The client of aws-codeseeder creates /var/scripts. */
const OWN_IN_VAR: readonly string[] = ['tmp', 'scripts'];

/** A folder that replaces /var in a build. */
export interface VarFolder {
  readonly path: string;
  /** Names of the entries of /var that are still those of the machine. */
  readonly kept: readonly string[];
  /** Those of the kept entries that have a mount point in the folder. The others are links. */
  readonly mounted: readonly string[];
}

interface MadeFolder extends VarFolder {
  /** Time of the last change of the folder's entries or attributes, in nanoseconds. */
  readonly changedNs: bigint;
}

/** Folders that replace /var in builds. */
export type VarFolders = ReturnType<typeof createVarFolders>;

/**
 * Makes the folders that replace /var in builds. A build uses one alone. A folder that a build left unchanged is used
 * again, because creating and removing its dozen mount points takes a large part of a short build's processor time.
 * @param folder for the folders. It is created with the first
 */
export function createVarFolders(folder: string) {
  const unused: MadeFolder[] = [];
  const used = new Map<string, MadeFolder>();
  let number = 0;

  async function end(owner: string, isUsedAgain: (ended: MadeFolder) => boolean): Promise<void> {
    const ended = used.get(owner);
    if (ended === undefined) return;
    used.delete(owner);
    if (isUsedAgain(ended)) unused.push(ended);
    else await removeFolder(ended.path);
  }
  return {
    /** Returns a folder that no other build uses. */
    take(owner: string): VarFolder {
      const kept = readdirSync('/var').filter((name) => !OWN_IN_VAR.includes(name));
      const found = unused.pop();
      const isFit = found?.kept.join('/') === kept.join('/');
      const taken =
        found !== undefined && isFit ? found : makeFolder(join(folder, String((number += 1))), kept);
      used.set(owner, taken);
      return taken;
    },
    /** Takes back the folder of a build whose processes have ended. */
    release: (owner: string) => end(owner, isUnchanged),
    /** Removes the folder of a build that failed, unless it was released. */
    discard: (owner: string) => end(owner, () => false),
    /** Removes all folders, also those of a local AWS that was killed. No build may run. */
    async removeAll(): Promise<void> {
      unused.length = 0;
      used.clear();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates a folder with a mount point, or a copy of a link, for each kept entry. */
function makeFolder(path: string, kept: readonly string[]): MadeFolder {
  const mounted: string[] = [];
  mkdirSync(join(path, 'tmp'), { recursive: true });
  for (const name of kept) {
    const [source, target] = [join('/var', name), join(path, name)];
    const entry = lstatSync(source, { throwIfNoEntry: false });
    if (entry?.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    if (entry?.isDirectory()) mkdirSync(target);
    if (entry?.isFile()) writeFileSync(target, '');
    if (entry?.isDirectory() || entry?.isFile()) mounted.push(name);
  }
  return { path, kept, mounted, changedNs: statSync(path, { bigint: true }).ctimeNs };
}

/**
 * Returns whether a build has left a folder as it was made. The build could not change what is in the mount points,
 * because the mounts hid them. All other changes are of the folder itself.
 */
function isUnchanged({ path, kept, changedNs }: MadeFolder): boolean {
  const names = readdirSync(path).filter((name) => name !== 'tmp');
  return (
    statSync(path, { bigint: true }).ctimeNs === changedNs &&
    names.sort().join('/') === [...kept].sort().join('/')
  );
}
