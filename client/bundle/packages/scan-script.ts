import { lineAt } from './line-at.js';
import { signsOf, type Sign } from './script-signs.js';
import { tokensOf, type ScriptTokens } from './script-tokens.js';
import { mayBeSloppy, sloppySignOf } from './sloppy-signs.js';

/** What a script of a package says about how the package can be packed. */
export interface ScriptScan {
  /** Why it would do something else in a bundle. */
  readonly sign?: Sign;
  /** What it may load by a name. Names in comments are among them, unless `unexplained` has the name. */
  readonly specifiers: readonly string[];
  /** What it loads although nothing explains it, and the line. Names in comments are not among them. */
  readonly unexplained: ReadonlyMap<string, number>;
  /** What the names begin with that it loads by a computed name. */
  readonly prefixes: readonly string[];
}

/**
 * Finds what may be a sign, in code or not. Most scripts have nothing of it, and are not split into tokens.
 * `require('x')` and `import('x')` alone are no sign.
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

/** @param explains whether a specifier needs no closer look */
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
  // A specifier of a script that could not be followed may be in a comment.
  const places = tokens.isSound ? [...found.specifiers] : raw.map((specifier) => [specifier, 0] as const);
  return {
    ...(sign && { sign }),
    specifiers: [...new Set([...raw, ...found.specifiers.keys()])],
    unexplained: new Map(
      places
        .filter(([specifier]) => !explains(specifier))
        .map(([specifier, place]) => [specifier, lineAt(text, place)]),
    ),
    prefixes: tokens.isSound ? [...found.prefixes] : [...new Set([...found.prefixes, ''])],
  };
}

/** What strict mode would change. */
function strictnessIn(tokens: ScriptTokens): Sign | undefined {
  const found = mayBeSloppy(tokens.text) ? sloppySignOf(tokens) : undefined;
  return found && { reason: found.reason, line: lineAt(tokens.text, tokens.starts[found.index] ?? 0) };
}

/** The first suspicion in a script that could not be followed, where it may be in a comment. */
function suspicionIn(text: string): Sign | undefined {
  const match = SUSPICIOUS.exec(text);
  if (match === null) return undefined;
  return { reason: `has ${match[0].trim()} in code that is hard to follow`, line: lineAt(text, match.index) };
}
