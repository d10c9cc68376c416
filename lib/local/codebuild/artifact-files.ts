import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Returns the matching files below a folder as sorted paths with `/`. A link to a file counts as the file; a link to a
 * folder is left out.
 */
export async function matchFiles(
  folder: string,
  patterns: readonly string[],
  excluded: readonly string[],
): Promise<string[]> {
  const wanted = patterns.map(globExpression);
  const unwanted = excluded.map(globExpression);
  const found: string[] = [];
  for (const path of await listFiles(folder)) {
    if (wanted.some((glob) => glob.test(path)) && !unwanted.some((glob) => glob.test(path))) found.push(path);
  }
  return found.sort();
}

async function listFiles(folder: string, below = ''): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listFiles(folder, path)));
    else if (await isFile(join(folder, path))) files.push(path);
  }
  return files;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** Returns a pattern: `**` crosses folders, `*` and `?` do not, and a plain path matches itself. */
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
