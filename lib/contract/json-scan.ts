import { isUtf8 } from 'node:buffer';

import { JSON_MAX_DEPTH } from './json-value.js';
import { JSON_VALUES_MAX } from './limits.js';

/** Maximum nesting depth of a message: the limit of the user's value, plus room for the levels around it. */
export const MESSAGE_MAX_DEPTH = JSON_MAX_DEPTH + 10;

/** Largest number of members of the outermost object. Messages have about ten. */
const MEMBERS_MAX = 100;

/** The reason why JSON text is refused. */
export class JsonTextFault extends Error {
  readonly kind: 'notJson' | 'tooDeep' | 'tooManyValues';

  constructor(kind: JsonTextFault['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The outermost members of an object in JSON text, by name: the bytes of each value. */
export type JsonMembers = ReadonlyMap<string, Uint8Array>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text));
/** Matches a whole JSON number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Checks JSON text without parsing it into a value, which can take twenty times the memory of the text: 60 MiB of `{},`
 * are 20 million objects. Accepts the same texts as `JSON.parse`, up to {@link MESSAGE_MAX_DEPTH} levels and {@link
 * JSON_VALUES_MAX} values.
 *
 * @returns the members of the outermost object; none if the text is another value. Of members with the same name, the
 *   last one is returned
 * @throws JsonTextFault
 */
export function scanJson(bytes: Uint8Array): JsonMembers {
  if (!isUtf8(bytes)) throw new JsonTextFault('notJson', 'it is not UTF-8');
  return new JsonScan(bytes).scan();
}

class JsonScan {
  readonly #bytes: Uint8Array;
  readonly #members = new Map<string, Uint8Array>();
  /** Whether each open container is an object, from the outermost inwards. */
  readonly #open = new Uint8Array(MESSAGE_MAX_DEPTH);
  #depth = 0;
  #at = 0;
  #values = 0;
  /** Name of the outermost member whose value is being read. */
  #name = '';
  #valueStart = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  scan(): JsonMembers {
    do {
      // Each call reads and counts one name or value. If that is the start of a container, the loop continues with its
      // first item.
      while (this.#startValue());
    } while (this.#endValue());
    if (this.#at < this.#bytes.length) this.#fail();
    return this.#members;
  }

  /** Reads a scalar, an empty container or the start of one. @returns whether the first item of a container follows */
  #startValue(): boolean {
    this.#count();
    const start = this.#next();
    if (start !== OPEN_OBJECT && start !== OPEN_ARRAY) {
      this.#scalar(start);
      return false;
    }
    const isObject = start === OPEN_OBJECT;
    if (this.#depth >= MESSAGE_MAX_DEPTH) {
      throw new JsonTextFault('tooDeep', `it is nested over ${MESSAGE_MAX_DEPTH} deep`);
    }
    this.#open[this.#depth] = isObject ? 1 : 0;
    this.#depth += 1;
    this.#at += 1;
    if (this.#next() === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
      this.#at += 1;
      this.#depth -= 1;
      return false;
    }
    if (isObject) this.#readName();
    return true;
  }

  /** Reads the text after a value: the ends of containers, or a comma. @returns whether another value follows */
  #endValue(): boolean {
    while (this.#depth > 0) {
      const isObject = this.#open[this.#depth - 1] === 1;
      if (this.#depth === 1 && isObject) this.#keepMember();
      const next = this.#next();
      this.#at += 1;
      if (next === COMMA) {
        this.#next();
        if (isObject) this.#readName();
        return true;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) this.#fail(this.#at - 1);
      this.#depth -= 1;
    }
    this.#next();
    return false;
  }

  #readName(): void {
    this.#count();
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE) this.#fail();
    this.#string();
    if (this.#depth === 1) this.#name = this.#text(start, this.#at);
    if (this.#next() !== COLON) this.#fail();
    this.#at += 1;
    this.#next();
    if (this.#depth === 1) this.#valueStart = this.#at;
  }

  #keepMember(): void {
    const name = JSON.parse(this.#name) as string;
    this.#members.set(name, this.#bytes.subarray(this.#valueStart, this.#at));
    if (this.#members.size > MEMBERS_MAX) {
      throw new JsonTextFault('notJson', `its outermost object has more than ${MEMBERS_MAX} members`);
    }
  }

  #scalar(start: number | undefined): void {
    if (start === QUOTE) return this.#string();
    const from = this.#at;
    const literal = LITERALS.find(([first]) => first === start);
    if (literal !== undefined) {
      const isSame = literal.every((byte, offset) => this.#bytes[from + offset] === byte);
      if (!isSame) this.#fail();
      this.#at += literal.length;
      return;
    }
    while (isNumberByte(this.#bytes[this.#at])) this.#at += 1;
    if (!NUMBER.test(this.#text(from, this.#at))) this.#fail(from);
  }

  /** Reads a string. The position is that of its first quote. */
  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
      if (byte === undefined || byte < 0x20) this.#fail(at);
      at = byte === BACKSLASH ? this.#escape(at) : at + 1;
    }
    this.#at = at + 1;
  }

  /** Reads an escape. @returns the position after it */
  #escape(at: number): number {
    const kind = this.#bytes[at + 1] ?? 0;
    if (SIMPLE_ESCAPES.has(kind)) return at + 2;
    const hex = [at + 2, at + 3, at + 4, at + 5];
    if (kind !== 0x75 || !hex.every((digit) => isHexByte(this.#bytes[digit]))) this.#fail(at);
    return at + 6;
  }

  /** Skips whitespace. @returns the next byte */
  #next(): number | undefined {
    let byte = this.#bytes[this.#at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.#at += 1;
      byte = this.#bytes[this.#at];
    }
    return byte;
  }

  #count(): void {
    this.#values += 1;
    if (this.#values <= JSON_VALUES_MAX) return;
    throw new JsonTextFault('tooManyValues', `it has more than ${JSON_VALUES_MAX} values`);
  }

  #text(from: number, to: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length).toString(
      'utf8',
      from,
      to,
    );
  }

  #fail(at = this.#at): never {
    const found = at >= this.#bytes.length ? 'the end' : JSON.stringify(this.#text(at, at + 1));
    throw new JsonTextFault('notJson', `unexpected ${found} at byte ${at}`);
  }
}

function isHexByte(byte = 0): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    (byte | 0x20) === 0x65
  );
}
