import { readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';

/** Returns where a file of a build is on the machine. */
export type Locate = (path: string) => string;

/** The kernel follows as many links in a path. @see path_resolution(7) */
const MOST_LINKS = 40;

/**
 * Returns where a path of a build is on the machine. Follows links as the build would: its /tmp is not that of the machine.
 * @param path absolute
 * @param outside returns where a path without links is
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
    if (links > MOST_LINKS) throw new Error(`${path} has more than ${MOST_LINKS} links.`);
    if (isAbsolute(target)) reached = sep;
    names.unshift(...target.split(sep));
  }
  return outside(reached);
}

/** Returns undefined for what is no link. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Returns undefined for a file that does not exist. */
export function statOf(path: string, locate: Locate): Stats | undefined {
  try {
    return statSync(locate(path));
  } catch {
    return undefined;
  }
}
