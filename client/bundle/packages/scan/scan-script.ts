import { lineAt } from './line-at.js';
import { signsOf, type Sign } from './script-signs.js';
import { tokensOf, type ScriptTokens } from './script-tokens.js';
import { mayBeSloppy, sloppySignOf } from './sloppy-signs.js';

/** The findings in a script of a package. */
export interface ScriptScan {
  /** The reason why the script would behave differently in a bundle. */
  readonly sign?: Sign | undefined;
  /** Specifiers that the script may load. May include specifiers in comments. */
  readonly specifiers: readonly string[];
  /**
   * Line of each loaded specifier that is neither a file nor a declared dependency. Does not include those in comments.
   */
  readonly unexplained: ReadonlyMap<string, number>;
  /** Beginnings of the computed names that the script loads. */
  readonly prefixes: readonly string[];
}

/**
 * Matches text that may be a sign, in code or in comments. Most scripts have no match and need not be split into
 * tokens. `require('x')` and `import('x')` are no sign.
 */
const SUSPICIOUS = new RegExp(
  [
    '__(?:dir|file)name\\b',
    '\\bimport\\s*\\.\\s*meta\\b',
    '\\bimport\\s*\\((?!\\s*(["\'])[^"\'\\\\\\n]*\\1\\s*[),])',
    '[.\\]]\\s*require\\s*\\(',
    '\\brequire\\b(?!\\s*\\(\\s*(["\'])[^"\'\\\\\\n]*\\2\\s*[),])',
    '\\bcreateRequire\\b',
    '__non_webpack_require__',
    '\\b(?:eval|Worker)\\b|(?:Function|\\.\\s*constructor)\\s*\\(',
    '\\b(?:mainModule|dlopen|getFileName|callee)\\b',
    '\\bmodule\\s*\\??\\s*(?:\\.\\s*(?:paths|parent|children|filename|require|constructor|_compile|path|id)\\b|\\[)',
    '\\(\\s*module\\s*\\)',
    '["\'](?:node:)?module["\']',
    '\\.node["\'`]',
  ].join('|'),
);

const SPECIFIERS = /\b(?:require\s*\(|from|import\s*\(?)\s*(["'`])([^"'`\\\n\r$]{1,200})\1/g;

/**
 * Scans a script.
 * @param explains returns whether a specifier is a file or a declared dependency of the package
 */
export function scanScript(text: string, explains: (specifier: string) => boolean): ScriptScan {
  const raw = new Set<string>();
  for (const match of text.matchAll(SPECIFIERS)) raw.add(match[2] ?? '');
  const specifiers = [...raw];
  const needsLook =
    mayBeSloppy(text) || specifiers.some((specifier) => !explains(specifier)) || SUSPICIOUS.test(text);
  if (!needsLook) return { specifiers, unexplained: new Map(), prefixes: [] };
  return lookClosely(text, specifiers, explains);
}

function lookClosely(
  text: string,
  raw: readonly string[],
  explains: (specifier: string) => boolean,
): ScriptScan {
  const tokens = tokensOf(text);
  const found = signsOf(tokens);
  const sign = found.sign ?? (tokens.isSound ? strictnessIn(tokens) : suspicionIn(text));
  // If the script could not be split into tokens, uses all specifiers, even those in comments.
  const places = tokens.isSound ? [...found.specifiers] : raw.map((specifier) => [specifier, 0] as const);
  return {
    sign,
    specifiers: [...new Set([...raw, ...found.specifiers.keys()])],
    unexplained: new Map(
      places
        .filter(([specifier]) => !explains(specifier))
        .map(([specifier, place]) => [specifier, lineAt(text, place)]),
    ),
    prefixes: tokens.isSound ? [...found.prefixes] : [...new Set([...found.prefixes, ''])],
  };
}

/** Returns the first code that behaves differently in strict mode. */
function strictnessIn(tokens: ScriptTokens): Sign | undefined {
  const found = mayBeSloppy(tokens.text) ? sloppySignOf(tokens) : undefined;
  return found && { reason: found.reason, line: lineAt(tokens.text, tokens.starts[found.index] ?? 0) };
}

/** Returns the first suspicious text of a script that could not be split into tokens. It may be in a comment. */
function suspicionIn(text: string): Sign | undefined {
  const match = SUSPICIOUS.exec(text);
  if (match === null) return undefined;
  return { reason: `has ${match[0].trim()} in code that is hard to follow`, line: lineAt(text, match.index) };
}
