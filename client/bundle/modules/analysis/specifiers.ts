import { isBuiltin } from 'node:module';
import path from 'node:path';

import type { PathPattern } from './module-findings.js';
import { HOLE, isAbsolute, type PathValue } from './path-value.js';
import { toPattern } from './reference-list.js';

/** How the specifier of a loaded module is resolved. */
export interface SpecifierRules {
  /** Folder to which `./` and `../` are relative. */
  readonly folder: string;
  /** Whether specifiers are URLs, whose query is not part of the path. */
  readonly isUrl: boolean;
  /** Whether a text without `./` is a relative path too, instead of a package's name. */
  readonly isFile: boolean;
}

/**
 * Returns the module that a value loads; undefined if it is unknown, and `'nothing'` if it is not a file, such as a
 * module of Node or a `data:` URL.
 */
export function loadedPattern(value: PathValue, rules: SpecifierRules): PathPattern | undefined | 'nothing' {
  const isUrl = rules.isUrl || value.form === 'url';
  const text = isUrl ? value.text.replace(/[?#].*$/s, '') : value.text;
  if (value.place === undefined && value.form !== 'url') return textPattern(text, rules);
  return text.startsWith(HOLE) ? undefined : toPattern('path', path.posix.normalize(text));
}

/** Returns the module that a text loads, if the text is neither a path from a known location nor a URL object. */
function textPattern(text: string, rules: SpecifierRules): PathPattern | undefined | 'nothing' {
  if (text.startsWith('file:///')) return toPattern('path', text.slice('file://'.length));
  if (text === '' || (/^[a-z][a-z0-9+.-]+:/i.test(text) && !isAbsolute(text))) return 'nothing';
  if (text.startsWith(HOLE)) return undefined;
  if (isAbsolute(text)) return toPattern('path', path.posix.normalize(text));
  if (rules.isFile || /^\.\.?(\/|$)/.test(text))
    return toPattern('path', path.posix.join(rules.folder, text));
  return isBuiltin(text) ? 'nothing' : toPattern('specifier', text);
}
