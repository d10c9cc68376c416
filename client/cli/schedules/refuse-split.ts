import { UsageError } from '../exit-code.js';

/** Number of words inside the parentheses of an expression, and an example of it, by kind. */
const KINDS = {
  at: { words: 1, example: 'at(2026-12-31T23:00:00)' },
  rate: { words: 2, example: 'rate(15 minutes)' },
  cron: { words: 6, example: 'cron(0 2 * * ? *)' },
} as const;

/**
 * Refuses a schedule expression that the shell has split at its spaces, because it had no quotes. The words behind the
 * first one would otherwise be reported as arguments that are not JSON.
 *
 * @param rest the operands behind the expression
 * @throws UsageError with the expression in quotes
 */
export function refuseSplit(expression: string, rest: readonly string[]): void {
  const whole = wholeExpression(expression, rest);
  if (whole === undefined) return;
  throw new UsageError(
    `The schedule expression is ${JSON.stringify(expression)}, and the words behind it are arguments. An expression with spaces needs quotes: '${whole}'`,
  );
}

/** Returns the expression that the words are meant to be, or one of the same kind; undefined if it was not split. */
function wholeExpression(expression: string, rest: readonly string[]): string | undefined {
  // An expression with spaces had quotes.
  if (/\s/.test(expression)) return undefined;
  const [, kind] = /^(at|rate|cron)(?=\(|$)/.exec(expression) ?? [];
  if (kind === undefined) return rest.length === 0 ? undefined : wholeOfBareWords([expression, ...rest]);
  if (/\)$/.test(expression)) return undefined;
  const { words, example } = KINDS[kind as keyof typeof KINDS];
  // An opening parenthesis may be followed by the first word.
  const first = expression.slice(kind.length + 1);
  const inside = [...(first === '' ? [] : [first]), ...rest].slice(0, words);
  if (inside.length < words) return rest.length === 0 && first === '' ? undefined : example;
  // The shell replaces an asterisk without quotes by the names of files.
  const isCron = inside.every((word) => /^[\d*?,/LW#A-Z-]+\)?$/.test(word));
  return kind === 'cron' && !isCron ? example : `${kind}(${inside.join(' ').replace(/\)$/, '')})`;
}

/** Returns the expression of words such as `5 minutes`, or of the fields of a cron line. */
function wholeOfBareWords(words: readonly string[]): string | undefined {
  const text = words.join(' ');
  if (/^\d+ (minute|hour|day)s?\b/.test(text)) return `rate(${words.slice(0, 2).join(' ')})`;
  return /^[\d*][\d*/,-]* [\d*]/.test(text) ? KINDS.cron.example : undefined;
}
