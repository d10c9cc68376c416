import { TokenKind, tokenText, type ScriptTokens } from './script-tokens.js';

/** The argument of `require`, `import` or a resolving function. */
export type Load =
  | { readonly kind: 'fixed'; readonly specifier: string }
  /** `prefix` is the beginning of a package's name; {@link PATH_PREFIX} for a path. */
  | { readonly kind: 'computed'; readonly prefix: string };

/** Prefix of paths, as opposed to names of packages. */
export const PATH_PREFIX = './';

const BEGINS_AS_PATH = /^(?:\.{0,2}\/|\.{1,2}$|file:|[a-z]:[\\/])/i;

/**
 * Reads the argument of a call that loads a module.
 * @param index position of the argument's first token
 */
export function loadOf(tokens: ScriptTokens, index: number): Load {
  const kind = tokens.kinds[index];
  const text = tokenText(tokens, index);
  if (kind === TokenKind.Text) {
    const specifier = text.slice(1, -1);
    const after = tokenText(tokens, index + 1);
    if ((after === ')' || after === ',') && !specifier.includes('\\')) return { kind: 'fixed', specifier };
    return beginning(specifier);
  }
  if (kind === TokenKind.Template) return beginning(text.slice(1, -2));
  const isOwnFolder = text === '__dirname' || text === '__filename';
  return { kind: 'computed', prefix: isOwnFolder ? PATH_PREFIX : '' };
}

function beginning(text: string): Load {
  return { kind: 'computed', prefix: BEGINS_AS_PATH.test(text) ? PATH_PREFIX : text };
}
