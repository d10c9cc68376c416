import path from 'node:path';

import type { ModuleReference, PathPattern } from './module-findings.js';
import { MAX_GUESSED_FILES, type PatternFiles } from './pattern-files.js';

const REMEDY = 'name it with a literal path, or take it along with `files` or `dirs`';

/**
 * Returns why what a reference needs may be missing in the build, for a warning; `undefined` where nothing is in doubt.
 * @param found what its pattern means, where it has one
 */
export function doubtAbout(
  { use, pattern, text, isBare, isOptional }: ModuleReference,
  found: PatternFiles | undefined,
  root: string,
): string | undefined {
  const thing = use === 'file' || use === 'folder' ? 'file' : 'module';
  const unknown = `${text} names a ${thing} that is known only at run time and may be missing in the build: ${REMEDY}`;
  if (pattern === undefined || found === undefined) return unknown;
  if (pattern.kind === 'specifier') return found.isExact ? undefined : unknown;
  const named = describePattern(pattern, root);
  if (found.isTooWide && !(isOptional && found.isExact))
    return `${text} may mean any file of ${named}, of which not all are taken along, because they are outside the project or more than ${MAX_GUESSED_FILES} files or 100 MB: ${REMEDY}`;
  if (isBare)
    return `${text} gives this module's place to code that may read files beside it: take what it reads along with \`files\` or \`dirs\``;
  if (found.files.length > 0 || found.folders.length > 0 || isOptional) return undefined;
  return `${text} names ${named}, which does not exist here and will be missing in the build: create it, or ${REMEDY}`;
}

/** Returns a pattern as text, relative to the project's folder, with `*` for what is unknown. */
export function describePattern({ kind, parts }: PathPattern, root: string): string {
  const text = parts.map((part) => part ?? '*').join('');
  return kind === 'path' ? path.posix.relative(root.split(path.sep).join('/'), text) || '.' : text;
}
