import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { statOf, type Locate } from './locate-file.js';

/** A folder in a build, with the function that finds its files on the machine. */
export interface ArtifactsFolder {
  /** Absolute path in the build. */
  readonly folder: string;
  readonly locate: Locate;
}

/** A file in an {@link ArtifactsFolder}. */
export interface ArtifactFile {
  /** Path relative to the folder, with `/`. */
  readonly path: string;
  /** Path of the file on the machine. */
  readonly location: string;
}

/**
 * Returns the matching files below a folder, sorted by path. A link to a file counts as the file; a link to a folder is
 * left out.
 */
export function matchFiles(
  folder: ArtifactsFolder,
  patterns: readonly string[],
  excluded: readonly string[],
): ArtifactFile[] {
  const wanted = patterns.map(globExpression);
  const unwanted = excluded.map(globExpression);
  const matching = listFiles(folder).filter(
    ({ path }) => wanted.some((glob) => glob.test(path)) && !unwanted.some((glob) => glob.test(path)),
  );
  return matching.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function listFiles({ folder, locate }: ArtifactsFolder, below = ''): ArtifactFile[] {
  const files: ArtifactFile[] = [];
  const located = locate(join(folder, below));
  for (const entry of readdirSync(located, { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...listFiles({ folder, locate }, path));
    if (entry.isFile()) files.push({ path, location: join(located, entry.name) });
    if (!entry.isSymbolicLink()) continue;
    const target = join(folder, path);
    if (statOf(target, locate)?.isFile()) files.push({ path, location: locate(target) });
  }
  return files;
}

/**
 * Returns the regular expression of a glob pattern: `**` crosses folders, `*` and `?` do not, and a plain path
 * matches itself.
 */
function globExpression(pattern: string): RegExp {
  const path = pattern.replace(/^(\.\/)+/, '');
  const expression = path.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return `\\${part}`;
  });
  return new RegExp(`^${expression}$`, 's');
}
