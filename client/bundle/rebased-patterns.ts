/**
 * Rewrites patterns of a `.gitignore` file to mean the same in a folder above.
 *
 * @param place path of the file's folder below that folder, with `/`; empty for the folder itself
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function rebased(patterns: readonly string[], place: string): string[] {
  const folder = place === '' ? '' : `/${place.replaceAll(/[\\*?[\] !#]/g, '\\$&')}`;
  return patterns.flatMap((line) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const isTakenBack = line.startsWith('!');
    const pattern = isTakenBack ? line.slice(1) : line;
    // A slash before the end ties a pattern to the file's own folder.
    const isTied = pattern.slice(0, -1).includes('/');
    const tied = isTied ? pattern.replace(/^\//, '') : `**/${pattern}`;
    return [`${isTakenBack ? '!' : ''}${folder}/${tied}`];
  });
}
