/**
 * Rewrites patterns of a `.gitignore` file so that they match the same paths when applied in a folder above.
 *
 * @param place path of the file's folder relative to that folder, with `/`; empty for the folder itself
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function rebased(patterns: readonly string[], place: string): string[] {
  const folder = place === '' ? '' : `/${place.replaceAll(/[\\*?[\] !#]/g, '\\$&')}`;
  return patterns.flatMap((line) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const isNegated = line.startsWith('!');
    const pattern = isNegated ? line.slice(1) : line;
    // A pattern with a slash before its end applies to paths from the file's own folder.
    const isAnchored = pattern.slice(0, -1).includes('/');
    const anchored = isAnchored ? pattern.replace(/^\//, '') : `**/${pattern}`;
    return [`${isNegated ? '!' : ''}${folder}/${anchored}`];
  });
}
