import { invalidParameter } from './members.js';

/** Returns whether a message matches. */
export type MessageFilter = (message: string) => boolean;

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y;

/**
 * Parses a filter pattern of terms. A message matches if it contains all plain terms, at least one of the `?term`s
 * and none of the `-term`s. Terms are case-sensitive.
 * @throws AwsError `InvalidParameterException` for JSON, space-delimited and regular expression patterns
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): MessageFilter {
  const text = pattern.trim();
  if (/^[[{%]/.test(text)) {
    throw invalidParameter(
      `Invalid filter pattern: ${JSON.stringify(text)} is not supported. The local AWS matches terms and quoted phrases only.`,
    );
  }
  const wanted: string[] = [];
  const alternatives: string[] = [];
  const unwanted: string[] = [];
  TERM.lastIndex = 0;
  for (let from = 0; from < text.length; from = TERM.lastIndex) {
    TERM.lastIndex = from;
    const match = TERM.exec(text);
    if (match === null) throw invalidParameter('Invalid filter pattern');
    const [, sign, quoted, bare] = match;
    const term = quoted === undefined ? checkedTerm(bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    (sign === '-' ? unwanted : sign === '?' ? alternatives : wanted).push(term);
  }
  return (message) =>
    wanted.every((term) => message.includes(term)) &&
    !unwanted.some((term) => message.includes(term)) &&
    (alternatives.length === 0 || alternatives.some((term) => message.includes(term)));
}

/** Checks a term without quotes. It may contain only letters, digits and `_`. */
function checkedTerm(term: string): string {
  if (/^[\p{L}\p{N}_]+$/u.test(term)) return term;
  throw invalidParameter(`Invalid character(s) in term '${term}'`);
}
