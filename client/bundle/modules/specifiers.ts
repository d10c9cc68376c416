import { isBuiltin } from 'node:module';
import path from 'node:path';

import type { PathPattern } from './module-findings.js';
import { HOLE, isAbsolute, type PathValue } from './path-value.js';
import { toPattern } from './reference-list.js';

/** How a relative text is meant where a module is loaded. */
export interface SpecifierRules {
  /** Folder that `./` and `../` count from. */
  readonly folder: string;
  /** Whether specifiers are URLs, whose query is no part of the path. */
  readonly isUrl: boolean;
  /** Whether any other text is a relative path, too, instead of a package's name. */
  readonly isFile: boolean;
}

/**
 * Returns what is loaded under a value: `undefined` where that is unknown, `'nothing'` for what is no file, such as a
 * module of Node or a `data:` URL.
 */
export function loadedPattern(value: PathValue, rules: SpecifierRules): PathPattern | undefined | 'nothing' {
  const isUrl = rules.isUrl || value.form === 'url';
  const text = isUrl ? value.text.replace(/[?#].*$/s, '') : value.text;
  if (value.place !== undefined || value.form === 'url')
    return text.startsWith(HOLE) ? undefined : toPattern('path', path.posix.normalize(text));
  if (text.startsWith('file:///')) return toPattern('path', text.slice('file://'.length));
  if (text === '' || (/^[a-z][a-z0-9+.-]+:/i.test(text) && !isAbsolute(text))) return 'nothing';
  if (text.startsWith(HOLE)) return undefined;
  if (isAbsolute(text)) return toPattern('path', path.posix.normalize(text));
  if (rules.isFile || /^\.\.?(\/|$)/.test(text))
    return toPattern('path', path.posix.join(rules.folder, text));
  return isBuiltin(text) ? 'nothing' : toPattern('specifier', text);
}
