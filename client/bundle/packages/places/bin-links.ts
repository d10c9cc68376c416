import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

import type { LinkEntry } from '../../layer/layer.js';
import type { PackageCatalog } from '../closure/package-catalog.js';
import type { PackageClosure } from '../closure/package-closure.js';
import type { PackagePlaces } from './package-places.js';

/** Returns the commands of kept packages: links in `node_modules/.bin`, if they exist on this machine. */
export function binLinks(
  packages: PackageCatalog,
  closure: PackageClosure,
  places: PackagePlaces,
  base: string,
): LinkEntry[] {
  const links = new Map<string, LinkEntry>();
  const linked = placesByTarget(places.links);
  for (const { folder, name } of closure.packages.values()) {
    const target = places.placeOf(folder);
    const commands = Object.entries(packages.json(folder).bin);
    if (commands.length === 0) continue;
    for (const place of [target, ...(linked.get(target) ?? [])]) {
      for (const [command, file] of commands) {
        const link = `${modulesOf(place, name)}/.bin/${command}`;
        if (!isCommandOf(path.join(base, link), folder, file)) continue;
        const relative = path.posix.relative(path.posix.dirname(link), path.posix.join(place, file));
        links.set(link, { kind: 'link', path: link, target: relative });
      }
    }
  }
  return [...links.values()];
}

/** Returns the paths of links, by the paths that they lead to. */
function placesByTarget(links: readonly LinkEntry[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { path: place, target } of links) {
    const end = path.posix.join(path.posix.dirname(place), target);
    const others = places.get(end);
    if (others === undefined) places.set(end, [place]);
    else others.push(place);
  }
  return places;
}

/** Returns the `node_modules` folder of a package or link. */
function modulesOf(place: string, name: string): string {
  const folder = path.posix.dirname(place);
  return name.startsWith('@') && path.posix.basename(folder).startsWith('@')
    ? path.posix.dirname(folder)
    : folder;
}

/** Returns whether a command on this machine belongs to a package: a link to it, or a script of pnpm that starts it. */
function isCommandOf(command: string, folder: string, file: string): boolean {
  const stats = lstatSync(command, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  try {
    if (stats.isSymbolicLink()) return realpathSync.native(command).startsWith(folder + path.sep);
    return readFileSync(command, 'utf8').includes(`/${path.posix.normalize(file)}`);
  } catch {
    return false;
  }
}
