import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs';

import { folderFilter, type FolderFilter, type IgnoreRules } from './folder-filter.js';
import { REPLACEMENT_CHARACTER, requirePortableName } from './entry-name.js';
import { statsOf } from '../layer/file-stats.js';
import type { LayerEntry } from '../layer/layer.js';
import { countLeftOut, type IgnoredPaths, type LeftOut } from './left-out.js';
import { LinkReader } from './link-target.js';
import { errorCode, refusePacking } from '../layer/refuse-packing.js';

/** A folder to list. */
export interface FolderToList {
  /** Path of the folder in the bundle, with `/`. */
  readonly place: string;
  /** Path of the folder on this machine. */
  readonly folder: string;
  readonly rules?: IgnoreRules;
}

/** Files that a bundle includes, and those that it leaves out. */
export interface Listing {
  readonly entries: readonly LayerEntry[];
  /**
   * Counts the files that were left out, by folder and pattern. Counting may take longer than packing, so it starts
   * only when this is called.
   */
  readonly leftOut: (signal?: AbortSignal) => Promise<readonly LeftOut[]>;
}

/** Joins several listings into one. */
export function joinListings(listings: readonly Listing[]): Listing {
  return {
    entries: listings.flatMap(({ entries }) => entries),
    leftOut: async (signal) => (await Promise.all(listings.map(({ leftOut }) => leftOut(signal)))).flat(),
  };
}

/** Reported in place of a pattern for files that a zip cannot hold. */
export const SPECIAL_FILES = 'sockets, pipes and devices';

const USUAL_FOLDER_MODE = 0o755;
const PERMISSIONS = 0o777;

/**
 * Lists the files, links and folders of a folder, with their paths in the bundle.
 * @throws CodeseederError `PackFailed` for a link that leads outside, a name that the build would not unpack
 *   unchanged, and a folder that is missing, empty or unreadable
 */
export async function listFolder({ place, folder, rules = {} }: FolderToList): Promise<Listing> {
  const root = realPathOf(folder);
  const walk = new FolderWalk(place, root);
  walk.list('', folderFilter(root, rules), lstatSync(root), namesIn(root));
  if (walk.entries.every((entry) => entry.path === place)) {
    refusePacking(
      `The folder ${folder} has no files to include; add files, or change the patterns of \`ignore\``,
    );
  }
  return {
    entries: walk.entries,
    leftOut: (signal) => countLeftOut(folder, walk.ignored, signal),
  };
}

function realPathOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return refusePacking(`The folder ${folder} is missing; create it, or correct its path`, error);
    }
    return refuseUnreadable(folder, error);
  }
}

function refuseUnreadable(folder: string, error: unknown): never {
  return refusePacking(`The folder ${folder} cannot be read; change its permissions, or leave it out`, error);
}

/** A name in a folder, as bytes if it is not UTF-8. */
type Name = string | Buffer;

class FolderWalk {
  readonly entries: LayerEntry[] = [];
  readonly ignored: IgnoredPaths = new Map();
  readonly #place: string;
  readonly #root: string;
  readonly #links: LinkReader;

  constructor(place: string, root: string) {
    this.#place = place;
    this.#root = root;
    this.#links = new LinkReader(root);
  }

  /** Adds the entries of a folder. @param below path relative to the root, with `/`; empty for the root */
  list(below: string, filter: FolderFilter, stats: Stats, names: readonly Name[]): void {
    const entriesBefore = this.entries.length;
    const folder = below === '' ? this.#root : `${this.#root}/${below}`;
    for (const name of names) {
      this.#add(name, folder, below, filter);
    }
    const mode = stats.mode & PERMISSIONS;
    if (this.entries.length === entriesBefore || mode !== USUAL_FOLDER_MODE) {
      this.entries.push({ kind: 'folder', path: this.#pathOf(below), mode });
    }
  }

  #add(name: Name, folder: string, folderBelow: string, filter: FolderFilter): void {
    const text = name.toString();
    const below = folderBelow === '' ? text : `${folderBelow}/${text}`;
    const source = `${folder}/${text}`;
    const onDisk = typeof name === 'string' ? source : Buffer.concat([Buffer.from(`${folder}/`), name]);
    const stats = lstatSync(onDisk, { throwIfNoEntry: false });
    // Ignores a file that was removed since its folder was read.
    if (stats === undefined) return;
    // Files that are left out are skipped before links and names are checked, because they need not be valid.
    const pattern = filter.ignoredBy(below, stats.isDirectory());
    if (pattern !== undefined) return this.#leaveOut(pattern, onDisk);
    requirePortableName(folder, name);
    if (stats.isFile()) this.#addFile(source, below, stats);
    else if (stats.isDirectory()) this.#addFolder(source, below, filter, stats);
    else if (stats.isSymbolicLink()) {
      this.entries.push({ kind: 'link', path: this.#pathOf(below), target: this.#links.targetOf(source) });
    } else this.#leaveOut(SPECIAL_FILES, onDisk);
  }

  #addFile(source: string, below: string, stats: Stats): void {
    this.entries.push({
      kind: 'file',
      path: this.#pathOf(below),
      mode: stats.mode & PERMISSIONS,
      source,
      stats: statsOf(stats),
    });
  }

  #addFolder(source: string, below: string, filter: FolderFilter, stats: Stats): void {
    const names = namesIn(source);
    const pattern = filter.ignoredByContent(below, names);
    if (pattern === undefined) this.list(below, filter.enter(below), stats, names);
    else this.#leaveOut(pattern, source);
  }

  #leaveOut(pattern: string, path: string | Buffer): void {
    const paths = this.ignored.get(pattern);
    if (paths === undefined) this.ignored.set(pattern, [path]);
    else paths.push(path);
  }

  #pathOf(below: string): string {
    return below === '' ? this.#place : `${this.#place}/${below}`;
  }
}

function namesIn(folder: string): Name[] {
  try {
    const names = readdirSync(folder).sort();
    if (!names.some((name) => name.includes(REPLACEMENT_CHARACTER))) return names;
    const raw = readdirSync(folder, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
    return raw.map((name) => (isUtf8(name) ? name.toString() : name));
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') {
      return refusePacking(`${folder} is not a folder; use \`files\` or --file for a single file`, error);
    }
    return refuseUnreadable(folder, error);
  }
}
