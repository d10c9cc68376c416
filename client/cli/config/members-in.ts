/** Strings, names, brackets and colons of a source in TypeScript or JavaScript, and its comments. */
const TOKENS = /\/\/.*|\/\*[^]*?\*\/|'[^'\n]*'|"[^"\n]*"|`[^`]*`|[A-Za-z_$][\w$]*|[{}[\](),:]/g;

/** A member of an object in a source. */
export interface FoundMember {
  readonly name: string;
  /** The first token of its value. */
  readonly value: string;
  /** Number of brackets that are open before it. */
  readonly depth: number;
}

/** Finds the members of objects in the source of a config, in JSON, JavaScript or TypeScript, without running it. */
export function membersIn(source: string): FoundMember[] {
  const tokens = (source.match(TOKENS) ?? []).filter((token) => !/^\/[/*]/.test(token));
  let depth = 0;
  return tokens.flatMap((token, index) => {
    if ('{[('.includes(token)) depth += 1;
    if ('}])'.includes(token)) depth -= 1;
    if (tokens[index + 1] !== ':') return [];
    return [{ name: unquoted(token), value: tokens[index + 2] ?? '', depth }];
  });
}

/** Returns the text of a string of a source, without its quotes. */
export function unquoted(token: string): string {
  return token.replace(/^(['"`])(.*)\1$/, '$2');
}
