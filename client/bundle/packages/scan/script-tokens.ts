import { isRegexAllowed } from './regex-position.js';

/** Kinds of tokens. A template without substitutions is a `Text`. */
export const TokenKind = { Word: 0, Mark: 1, Text: 2, Template: 3, Rest: 4 } as const;

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** The tokens of a script, without comments. */
export interface ScriptTokens {
  readonly text: string;
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  /** Exclusive. */
  readonly ends: readonly number[];
  /** Index of the opening token of each closing bracket. */
  readonly openers: ReadonlyMap<number, number>;
  /** False if brackets, strings or templates are not balanced. Then the tokens may be wrong. */
  readonly isSound: boolean;
}

const OPENING = '([{';
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Whether each character code is part of a word. Bytes above 127 belong to words. */
const IS_WORD = Array.from({ length: 256 }, (_, code) =>
  code > 127 ? code !== 0xa0 : /[\w$\\#]/.test(String.fromCharCode(code)),
);

/** Splits a script into tokens without parsing it, which is fast. If this fails, `isSound` is false. */
export function tokensOf(text: string): ScriptTokens {
  const reader = new TokenReader(text);
  reader.read();
  return reader;
}

/** Returns the text of a token; empty if it does not exist. */
export function tokenText({ text, starts, ends }: ScriptTokens, index: number): string {
  return text.slice(starts[index] ?? 0, ends[index] ?? 0);
}

class TokenReader implements ScriptTokens {
  readonly text: string;
  readonly kinds: TokenKind[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly openers = new Map<number, number>();
  isSound = true;
  /** Indexes of open brackets and templates. */
  readonly #open: number[] = [];
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): void {
    if (this.text.startsWith('#!')) this.#at = this.#endOfLine(0);
    while (this.#at < this.text.length) this.#next();
    if (this.#open.length > 0) this.isSound = false;
  }

  #next(): void {
    const start = this.#at;
    const code = this.text.charCodeAt(start);
    if (code <= 32 || code === 0xa0) this.#at += 1;
    else if (IS_WORD[code] ?? true) this.#word(start);
    else if (code === 0x22 || code === 0x27) this.#quoted(start, code);
    else if (code === 0x60) this.#template(start + 1, start);
    else if (code === 0x2f) this.#slash(start);
    else this.#mark(start);
  }

  #word(start: number): void {
    let end = start + 1;
    while (end < this.text.length && (IS_WORD[this.text.charCodeAt(end)] ?? true)) end += 1;
    this.#push(TokenKind.Word, start, end);
  }

  #quoted(start: number, quote: number): void {
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 0x5c) at += this.text.startsWith('\r\n', at + 1) ? 2 : 1;
      else if (code === quote) return this.#push(TokenKind.Text, start, at + 1);
      else if (code === 0x0a) break;
    }
    this.isSound = false;
    this.#push(TokenKind.Mark, start, start + 1);
  }

  /** Reads a template, or the part of it after a substitution. @param start start of the token */
  #template(from: number, start: number): void {
    const isRest = this.text[start] === '}';
    for (let at = from; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 0x5c) at += 1;
      else if (code === 0x60) {
        return this.#push(isRest ? TokenKind.Rest : TokenKind.Text, start, at + 1);
      } else if (code === 0x24 && this.text.charCodeAt(at + 1) === 0x7b) {
        this.#push(isRest ? TokenKind.Rest : TokenKind.Template, start, at + 2);
        this.#open.push(this.kinds.length - 1);
        return;
      }
    }
    this.isSound = false;
    this.#push(TokenKind.Mark, start, start + 1);
  }

  #slash(start: number): void {
    const next = this.text.charCodeAt(start + 1);
    if (next === 0x2f) this.#at = this.#endOfLine(start);
    else if (next === 0x2a) {
      const end = this.text.indexOf('*/', start + 2);
      if (end < 0) this.isSound = false;
      this.#at = end < 0 ? this.text.length : end + 2;
    } else if (isRegexAllowed(this, this.kinds.length)) this.#regex(start);
    else this.#mark(start);
  }

  #regex(start: number): void {
    let inClass = false;
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 0x5c) at += 1;
      else if (code === 0x5b) inClass = true;
      else if (code === 0x5d) inClass = false;
      else if (code === 0x0a) break;
      else if (code === 0x2f && !inClass) return this.#push(TokenKind.Rest, start, at + 1);
    }
    this.isSound = false;
    this.#mark(start);
  }

  #mark(start: number): void {
    const mark = this.text[start] ?? '';
    const opening = CLOSING[mark];
    if (OPENING.includes(mark)) this.#open.push(this.kinds.length);
    else if (opening !== undefined) {
      const opener = this.#open.pop();
      if (opener === undefined) this.isSound = false;
      else if (this.kinds[opener] !== TokenKind.Mark && mark === '}') return this.#template(start + 1, start);
      else {
        if (this.text[this.starts[opener] ?? 0] !== opening) this.isSound = false;
        this.openers.set(this.kinds.length, opener);
      }
    }
    this.#push(TokenKind.Mark, start, start + 1);
  }

  #push(kind: TokenKind, start: number, end: number): void {
    this.kinds.push(kind);
    this.starts.push(start);
    this.ends.push(end);
    this.#at = end;
  }

  #endOfLine(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end < 0 ? this.text.length : end;
  }
}
