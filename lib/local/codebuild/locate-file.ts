import { readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';

/** Converts a path of a build to its path on the machine. */
export type Locate = (path: string) => string;

/** Maximum number of links in a path, as in the kernel. @see path_resolution(7) */
const LINKS_MAX = 40;

/**
 * Converts a path of a build to its path on the machine. Resolves links as inside the build, which has another /tmp
 * than the machine.
 * @param path absolute path
 * @param outside converts a path without links
 * @throws Error for more than 40 links
 */
export function locateFile(path: string, outside: (path: string) => string): string {
  const names = path.split(sep);
  let links = 0;
  let reached: string = sep;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = name === '..' ? dirname(reached) : join(reached, name);
    const target = linkAt(outside(next));
    if (target === undefined) {
      reached = next;
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) throw new Error(`${path} has more than ${LINKS_MAX} links.`);
    if (isAbsolute(target)) reached = sep;
    names.unshift(...target.split(sep));
  }
  return outside(reached);
}

/** Returns the target of a link; undefined for anything else. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Returns the stats of a file; undefined if it does not exist. */
export function statOf(path: string, locate: Locate): Stats | undefined {
  try {
    return statSync(locate(path));
  } catch {
    return undefined;
  }
}
