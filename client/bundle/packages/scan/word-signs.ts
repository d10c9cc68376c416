import { tokenText, type ScriptTokens } from './script-tokens.js';
import { isKey, isOnlyArgument } from './token-context.js';

const WORDS =
  /^(?:require|import|from|__dirname|__filename|createRequire|__non_webpack_require__|eval|Worker|mainModule|dlopen|getFileName|module|callee)$/;
const SHORTEST = 4;
const LONGEST = 23;

/** Properties of `module` with the path of a script, or the module that loaded it. */
const MODULE_PROPERTIES = new Set([
  'paths',
  'parent',
  'children',
  'filename',
  'require',
  'constructor',
  '_compile',
  'path',
  'id',
]);

/** Returns whether a word may be a sign, or load a module. */
export function isSuspiciousWord(tokens: ScriptTokens, index: number): boolean {
  const length = (tokens.ends[index] ?? 0) - (tokens.starts[index] ?? 0);
  return length >= SHORTEST && length <= LONGEST && WORDS.test(tokenText(tokens, index));
}

/** Returns why a word of a script means that its package must be kept as files; undefined if it does not. */
export function signOfWord(tokens: ScriptTokens, index: number, isProperty: boolean): string | undefined {
  const word = tokenText(tokens, index);
  if (word === 'module') return isProperty ? undefined : signOfModule(tokens, index);
  return isSign(tokens, word, index, isProperty) ? `uses ${word}` : undefined;
}

function isSign(tokens: ScriptTokens, word: string, index: number, isProperty: boolean): boolean {
  const before = tokenText(tokens, index - 1);
  const isCalled = tokenText(tokens, index + 1) === '(';
  switch (word) {
    case '__dirname':
    case '__filename':
    case '__non_webpack_require__':
      return !isProperty && !isKey(tokens, index);
    case 'eval':
      return isCalled && !isProperty && before !== 'function';
    case 'Worker':
      return isCalled && (isProperty || before === 'new');
    // Strict code, such as a bundle, cannot read `arguments.callee`.
    case 'callee':
      return isProperty && tokenText(tokens, index - 2) === 'arguments';
    case 'getFileName':
      return isProperty && isCalled;
    default:
      return true;
  }
}

function signOfModule(tokens: ScriptTokens, index: number): string | undefined {
  const next = tokenText(tokens, index + 1);
  if (next === '[') return 'uses a computed property of module';
  const property = tokenText(tokens, index + (next === '?' ? 3 : 2));
  if ((next === '.' || next === '?') && MODULE_PROPERTIES.has(property)) return `uses module.${property}`;
  return isOnlyArgument(tokens, index) ? 'passes module to other code' : undefined;
}
