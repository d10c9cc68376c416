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

/**
 * Names in /var that each build has for itself. /var/scripts is there for aws-codeseeder's client, which creates it.
 */
const OWN_IN_VAR: readonly string[] = ['tmp', 'scripts'];

/** A folder that replaces /var in a build. */
export interface VarFolder {
  readonly path: string;
  /** Names of the entries of the machine's /var that the build sees. */
  readonly kept: readonly string[];
  /** The kept entries that need a mount point. The others are links. */
  readonly mounted: readonly string[];
}

interface MadeFolder extends VarFolder {
  /** Time of the last change of the folder's entries or attributes, in nanoseconds. */
  readonly changedNs: bigint;
}

/** Folders that replace /var in builds. */
export type VarFolders = ReturnType<typeof createVarFolders>;

/**
 * Creates folders that replace /var in builds. Only one build at a time uses a folder. A folder that a build left
 * unchanged is used again, because creating and removing its dozen mount points takes a large part of a short build's
 * processor time.
 * @param folder the parent of the folders. It is created with the first of them
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
    /** Returns a folder that no other build uses. Creates one if necessary. */
    take(owner: string): VarFolder {
      const kept = readdirSync('/var').filter((name) => !OWN_IN_VAR.includes(name));
      const found = unused.pop();
      const isFit = found?.kept.join('/') === kept.join('/');
      const taken =
        found !== undefined && isFit ? found : makeFolder(join(folder, String((number += 1))), kept);
      used.set(owner, taken);
      return taken;
    },
    /**
     * Ends the use of a folder by a build whose processes have ended. Keeps the folder for later builds if it is
     * unchanged.
     */
    release: (owner: string) => end(owner, isUnchanged),
    /** Removes the folder of a build that failed. Does nothing after `release`. */
    discard: (owner: string) => end(owner, () => false),
    /** Removes all folders, including those of a local AWS that was killed. No build may be running. */
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
 * Returns whether a build left a folder unchanged. It is enough to compare the folder itself: mounts hid its mount
 * points, so the build could not change their contents.
 */
function isUnchanged({ path, kept, changedNs }: MadeFolder): boolean {
  const names = readdirSync(path).filter((name) => name !== 'tmp');
  return (
    statSync(path, { bigint: true }).ctimeNs === changedNs &&
    names.sort().join('/') === [...kept].sort().join('/')
  );
}
