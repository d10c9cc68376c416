import path from 'node:path';

import type { ModuleReference, PathPattern } from './analysis/module-findings.js';
import { MAX_GUESSED_FILES, type PatternFiles } from './pattern-files.js';

const REMEDY = 'name it with a literal path, or include it with `files` or `dirs`';

/**
 * Returns a warning that a file or module of a reference may be missing in the build; undefined if none can be.
 * @param found the files that match its pattern, if it has one
 */
export function doubtAbout(
  reference: ModuleReference,
  found: PatternFiles | undefined,
  root: string,
): string | undefined {
  const { pattern } = reference;
  if (pattern === undefined || found === undefined) return doubtAboutUnknown(reference);
  if (pattern.kind === 'specifier') return found.isExact ? undefined : doubtAboutUnknown(reference);
  return doubtAboutFiles(reference, found, describePattern(pattern, root));
}

function doubtAboutUnknown({ use, text }: ModuleReference): string {
  const thing = use === 'file' || use === 'folder' ? 'file' : 'module';
  return `${text} names a ${thing} that is known only at run time and may be missing in the build: ${REMEDY}`;
}

function doubtAboutFiles(
  { text, isBare, isOptional }: ModuleReference,
  { files, folders, isExact, isTooWide }: PatternFiles,
  named: string,
): string | undefined {
  if (isTooWide && !(isOptional && isExact))
    return `${text} may mean any file of ${named}; not all are included, because they are outside the project or more than ${MAX_GUESSED_FILES} files or 100 MB: ${REMEDY}`;
  if (isBare)
    return `${text} passes this module's path to code that may read files beside it: include them with \`files\` or \`dirs\``;
  if (files.length > 0 || folders.length > 0 || isOptional) return undefined;
  return `${text} names ${named}, which does not exist here and will be missing in the build: create it, or ${REMEDY}`;
}

/** Returns a pattern as text relative to the project's folder, with `*` for unknown parts. */
export function describePattern({ kind, parts }: PathPattern, root: string): string {
  const text = parts.map((part) => part ?? '*').join('');
  return kind === 'path' ? path.posix.relative(root.split(path.sep).join('/'), text) || '.' : text;
}
