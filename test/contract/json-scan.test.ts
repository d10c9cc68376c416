import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { JSON_VALUES_MAX, JsonTextFault, MESSAGE_MAX_DEPTH, scanJson } from '../../lib/contract/index.js';

const scan = (text: string) => scanJson(Buffer.from(text));

function faultOf(text: string | Uint8Array): JsonTextFault {
  try {
    scanJson(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (error) {
    if (error instanceof JsonTextFault) return error;
    throw error;
  }
  throw new Error('accepted');
}

function isAccepted(text: string, by: (text: string) => unknown): boolean {
  try {
    by(text);
    return true;
  } catch {
    return false;
  }
}

describe('scanJson', () => {
  it('`scanJson` returns the text of each outermost member, the last of two with one name', () => {
    const members = scan(' {"a": [1, {"b": "}"}] , "\\u0061b":"x\\"y" ,"a":null, "__proto__" : -1.5e+3} ');

    expect(new Map([...members].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]))).toEqual(
      new Map([
        ['a', 'null'],
        ['ab', '"x\\"y"'],
        ['__proto__', '-1.5e+3'],
      ]),
    );
  });

  it('`scanJson` accepts the JSON of any value', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        expect(scan(JSON.stringify(JSON.parse(text), null, indent)).size).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('`scanJson` accepts exactly the texts that JSON.parse accepts', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"',
        '\\',
        '\\u00e9',
        '\\u12',
        '\\x',
        '1',
        '-',
        '0',
        '.',
        'e',
        'E',
        '+',
      ],
      ...['true', 'false', 'null', 'nul', ' ', '\n', '\u00a0', '\u0001', 'é', '\ufeff', '//', "'"],
    );
    const spoiled = fc.tuple(fc.json(), fc.nat(), piece).map(([text, at, extra]) => {
      const where = at % (text.length + 1);
      return text.slice(0, where) + extra + text.slice(where);
    });
    fc.assert(
      fc.property(
        fc.oneof(
          spoiled,
          fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        ),
        (text) => {
          expect(isAccepted(text, scan)).toBe(isAccepted(text, JSON.parse));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('`scanJson` refuses text that is not UTF-8, and says where text is not JSON', () => {
    expect(faultOf(Buffer.from([0x22, 0xff, 0x22])).message).toBe('it is not UTF-8');
    expect(faultOf('{"a":tru}').message).toBe('unexpected "t" at byte 5');
    expect(faultOf('{"a":1').message).toBe('unexpected the end at byte 6');
  });

  it('`scanJson` refuses text that is nested too deep, of any depth', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

    expect(scan(nested(MESSAGE_MAX_DEPTH)).size).toBe(0);
    expect(faultOf(nested(MESSAGE_MAX_DEPTH + 1))).toMatchObject({
      kind: 'tooDeep',
      message: `it is nested over ${MESSAGE_MAX_DEPTH} deep`,
    });
    expect(faultOf('['.repeat(5_000_000)).kind).toBe('tooDeep');
  });

  it('`scanJson` counts each value and each name', () => {
    const objects = (count: number) => `[${'{},'.repeat(count - 2)}{}]`;
    const properties = (count: number) => `[{"":0${',"":0'.repeat((count - 4) / 2)}}]`;

    for (const text of [objects, properties]) {
      expect(scan(text(JSON_VALUES_MAX)).size).toBe(0);
      expect(faultOf(text(JSON_VALUES_MAX + 2))).toMatchObject({
        kind: 'tooManyValues',
        message: `it has more than ${JSON_VALUES_MAX} values`,
      });
    }
  });

  it('`scanJson` refuses an object with more members than a message has', () => {
    const text = JSON.stringify(
      Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, 0])),
    );

    expect(faultOf(text).message).toBe('its outermost object has more than 100 members');
  });
});
