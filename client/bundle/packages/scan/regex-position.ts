/** Words after which a slash begins a regular expression, and a brace begins an object. */
const BEFORE_EXPRESSION = new Set([
  'await',
  'case',
  'default',
  'delete',
  'extends',
  'in',
  'instanceof',
  'new',
  'of',
  'return',
  'throw',
  'typeof',
  'void',
  'yield',
]);

/** Words after which a statement follows. */
const BEFORE_STATEMENT = new Set(['do', 'else', 'finally', 'try']);

/** Words with a condition in parentheses, after which a statement follows. */
const WITH_CONDITION = new Set(['if', 'while', 'for', 'with']);

/** The tokens of a script up to the slash. */
interface Tokens {
  readonly text: string;
  /** Kind of each token: {@link WORD}, {@link MARK}, or another one. */
  readonly kinds: readonly number[];
  readonly starts: readonly number[];
  /** Exclusive. */
  readonly ends: readonly number[];
  /** Index of the opening token of each closing bracket. */
  readonly openers: ReadonlyMap<number, number>;
}

const WORD = 0;
const MARK = 1;

/** Returns whether a slash after the first `count` tokens starts a regular expression instead of dividing. */
export function isRegexAllowed(tokens: Tokens, count: number): boolean {
  const last = count - 1;
  if (last < 0) return true;
  const text = textAt(tokens, last);
  if (tokens.kinds[last] === WORD) {
    const isMember = textAt(tokens, last - 1) === '.';
    return !isMember && (BEFORE_EXPRESSION.has(text) || BEFORE_STATEMENT.has(text));
  }
  // A slash after a text, a template or a regular expression divides. After `${` it begins a regular expression.
  if (tokens.kinds[last] !== MARK) return text.endsWith('${');
  if (text === ')') return WITH_CONDITION.has(textBeforeOpener(tokens, last));
  if (text === '}') return isBlock(tokens, last);
  if (text === ']') return false;
  const isPostfix = (text === '+' || text === '-') && isDoubled(tokens, last);
  return !isPostfix || tokens.kinds[last - 2] === MARK;
}

/** Returns whether braces belong to a block, function or class, and not to an object. */
function isBlock(tokens: Tokens, closer: number): boolean {
  const opener = tokens.openers.get(closer);
  if (opener === undefined || opener === 0) return true;
  const before = textAt(tokens, opener - 1);
  if (tokens.kinds[opener - 1] === WORD) return !BEFORE_EXPRESSION.has(before);
  if (before === '>') return textAt(tokens, opener - 2) === '=';
  return before === ')' || before === ';' || before === '{' || before === '}';
}

function textBeforeOpener(tokens: Tokens, closer: number): string {
  const opener = tokens.openers.get(closer);
  return opener === undefined ? '' : textAt(tokens, opener - 1);
}

function isDoubled(tokens: Tokens, last: number): boolean {
  return textAt(tokens, last - 1) === textAt(tokens, last) && tokens.starts[last] === tokens.ends[last - 1];
}

function textAt({ text, starts, ends }: Tokens, index: number): string {
  return text.slice(starts[index] ?? 0, ends[index] ?? 0);
}
